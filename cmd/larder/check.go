package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"larder/config"
)

// defaultFile is the configuration that is deployed.
const defaultFile = "larder.json"

// check reports every mistake in a configuration, each on a line of standard
// error that begins with the file's name.
func check(_ context.Context, args []string, std streams) error {
	name := defaultFile
	switch len(args) {
	case 0:
	case 1:
		name = args[0]
	default:
		return &userError{fmt.Sprintf("check takes one file; got %d", len(args)), "larder check " + defaultFile}
	}
	cfg, err := load(name, std)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "%s: %s, %s: ok\n", name, count(len(cfg.Routes), "route"), count(len(cfg.Origins), "origin"))
	return err
}

// load reads and checks a configuration. Its mistakes go to standard error,
// and the error returned only counts them.
func load(name string, std streams) (*config.Config, error) {
	data, err := read(name, std.in)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &userError{"there is no file " + name, "run larder where " + defaultFile + " is, or name the file"}
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	cfg, err := config.Parse(data)
	var mistakes config.Errors
	if !errors.As(err, &mistakes) {
		return cfg, err
	}
	for _, m := range mistakes {
		fmt.Fprintf(std.err, "%s: %v\n", name, m)
	}
	return nil, &userError{
		fmt.Sprintf("%s has %s", name, count(len(mistakes), "mistake")),
		"config/larder.schema.json lets an editor find them as you type",
	}
}

func read(name string, stdin io.Reader) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(name)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
