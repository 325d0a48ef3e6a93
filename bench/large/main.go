// Command large measures how long a client waits for a large response that is
// not in the cache: a GET, a HEAD and two ranges of it, from the origin itself,
// through a program that passes everything through, and through Larder. The
// origin sends at a fixed pace, as an origin far away does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"larder/bench/loadgen"
	"larder/internal/local"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// options are what a run measures.
type options struct {
	rounds int
	size   int // of the body, in bytes
	pace   int // of the origin, in bytes a second
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("large", flag.ContinueOnError)
	rounds := flags.Int("rounds", 5, "how often each request is measured")
	size := flags.Int("mb", 5, "size of the body in megabytes")
	pace := flags.Int("pace", 10, "megabytes that the origin sends in a second")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *rounds < 1 || *size < 1 || *pace < 1 {
		return errors.New("want at least one round, one megabyte and one megabyte a second")
	}
	if !loadgen.Comparable {
		fmt.Fprintln(out, "note: without TCP_QUICKACK, which Linux alone has, figures show delayed acknowledgements too")
	}
	root, err := local.Root()
	if err != nil {
		return err
	}
	o := options{rounds: *rounds, size: *size * 1_000_000, pace: *pace * 1_000_000}
	fmt.Fprintln(out, "building and starting the programs")
	subjects, stop, err := start(ctx, root, o)
	if err != nil {
		return err
	}
	rows, err := measure(ctx, subjects, o)
	if err = errors.Join(err, stop()); err != nil {
		return err
	}
	command := fmt.Sprintf("go run ./bench/large -rounds %d -mb %d -pace %d", *rounds, *size, *pace)
	text := markdown(command, o, rows)
	fmt.Fprint(out, "\n", text)
	results := filepath.Join(root, "bench", "results")
	if err := os.MkdirAll(results, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(results, "large.md"), []byte(text), 0o644)
}
