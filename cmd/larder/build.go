package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"larder/config"
	"larder/internal/local"
)

func buildCommand(std streams) *cobra.Command {
	return &cobra.Command{
		Use:   "build [FILE]",
		Short: "Check FILE (larder.json) and compile Larder with it to bin/main.wasm",
		RunE:  func(c *cobra.Command, args []string) error { return build(c.Context(), args, std) },
	}
}

// build checks a configuration and compiles Larder with it to bin/main.wasm,
// where the Fastly CLI takes it from.
func build(ctx context.Context, args []string, std streams) error {
	name, err := fileArgument("build", args)
	if err != nil {
		return err
	}
	wasm, err := local.Build(ctx, local.BuildOptions{ConfigFile: name})
	var mistakes config.Errors
	if errors.As(err, &mistakes) {
		return explainMistakes(name, mistakes, std)
	}
	if err != nil {
		return missingFile(name, err)
	}
	_, err = fmt.Fprintf(std.out, "%s: compiled into %s\n", name, wasm)
	return err
}
