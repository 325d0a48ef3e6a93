package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"
)

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// exec runs the command that args name.
func exec(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	std := streams{stdin, stdout, stderr}
	root := &cobra.Command{
		Use:   "larder",
		Short: "Check, build and ask Larder, an edge cache for content APIs",
		// Errors are explained by main, with a hint.
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(checkCommand(std), buildCommand(std), explainCommand(std), purgeCommand(std))
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return root.ExecuteContext(ctx)
}
