package main

import (
	"context"
	"fmt"
	"io"
	"slices"
)

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// command is one word that can follow "larder".
type command struct {
	name    string
	args    string
	summary string
	run     func(ctx context.Context, args []string, std streams) error
}

func commands() []command {
	return []command{
		{"check", "[FILE]", "report every mistake in FILE (larder.json; - for standard input)", check},
		{"build", "[FILE]", "check FILE and compile Larder with it to bin/main.wasm", build},
		{"explain", "FILE URL", "say what the edge does with a GET of URL", explain},
	}
}

// exec runs the command that args name.
func exec(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	if len(args) == 0 || slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		return usage(stdout)
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(ctx, args[1:], streams{stdin, stdout, stderr})
		}
	}
	return &userError{fmt.Sprintf("there is no command %q", args[0]), "larder help lists the commands"}
}

func usage(w io.Writer) error {
	text := "larder COMMAND\n\n"
	for _, c := range commands() {
		text += fmt.Sprintf("  %-18s %s\n", c.name+" "+c.args, c.summary)
	}
	_, err := io.WriteString(w, text)
	return err
}
