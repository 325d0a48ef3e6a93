package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"larder/config"
)

// defaultFile is the configuration that is deployed.
const defaultFile = "larder.json"

func checkCommand(std streams) *cobra.Command {
	return &cobra.Command{
		Use:   "check [FILE]",
		Short: "Report every mistake in FILE (larder.json; - for standard input)",
		RunE:  func(_ *cobra.Command, args []string) error { return check(args, std) },
	}
}

// check reports every mistake in a configuration, each on a line of standard
// error that begins with the file's name. Without mistakes it
// prints the [notes].
func check(args []string, std streams) error {
	name, err := fileArgument("check", args)
	if err != nil {
		return err
	}
	cfg, err := load(name, std)
	if err != nil {
		return err
	}
	for _, note := range notes(cfg) {
		fmt.Fprintf(std.err, "%s: note: %s\n", name, note)
	}
	_, err = fmt.Fprintf(std.out, "%s: %s, %s: ok\n", name, count(len(cfg.Routes), "route"), count(len(cfg.Origins), "origin"))
	return err
}

// fileArgument returns the file that a command is for.
func fileArgument(command string, args []string) (string, error) {
	switch len(args) {
	case 0:
		return defaultFile, nil
	case 1:
		return args[0], nil
	}
	return "", &userError{fmt.Sprintf("%s takes one file; got %d", command, len(args)), "larder " + command + " " + defaultFile}
}

// load reads and checks a configuration. Its mistakes go to standard error,
// and the error returned only counts them.
func load(name string, std streams) (*config.Config, error) {
	data, err := read(name, std.in)
	if err != nil {
		return nil, missingFile(name, fmt.Errorf("read %s: %w", name, err))
	}
	cfg, err := config.Parse(data)
	var mistakes config.Errors
	if !errors.As(err, &mistakes) {
		return cfg, err
	}
	return nil, explainMistakes(name, mistakes, std)
}

// missingFile returns err with a remedy if it says that there is no such file.
func missingFile(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &userError{"there is no file " + name, "run larder where " + defaultFile + " is, or name the file"}
	}
	return err
}

// explainMistakes writes the mistakes to standard error and returns an error
// that counts them.
func explainMistakes(name string, mistakes config.Errors, std streams) error {
	for _, m := range mistakes {
		fmt.Fprintf(std.err, "%s: %v\n", name, m)
	}
	return &userError{
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
