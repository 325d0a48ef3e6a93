// Command hitpath measures what a cache hit costs, compared with two hello-world
// programs built with the same SDK. Each program runs in its own Viceroy. They
// are measured in short alternating rounds, so that other load on the machine
// affects all alike. Compare ratios: absolute figures depend on Viceroy and the
// machine. `make bench` calls it.
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
	"time"

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

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("hitpath", flag.ContinueOnError)
	rounds := flags.Int("rounds", 7, "rounds per program and number of connections")
	each := flags.Duration("each", 2*time.Second, "length of a round")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *rounds < 1 || *each <= 0 {
		return errors.New("want at least one round, and time for it")
	}
	if !loadgen.Comparable {
		fmt.Fprintln(out, "note: without TCP_QUICKACK, which Linux alone has, figures show delayed acknowledgements and not the programs")
	}
	root, err := local.Root()
	if err != nil {
		return err
	}

	fmt.Fprintln(out, "building and starting the programs")
	subjects, stop, err := startSubjects(ctx)
	if err != nil {
		return err
	}
	series, err := measure(ctx, subjects, *rounds, *each, out)
	if err = errors.Join(err, stop()); err != nil {
		return err
	}
	report, err := newReport(ctx, subjects, series, *rounds, *each)
	if err != nil {
		return err
	}
	fmt.Fprint(out, "\n", report.markdown())
	return report.write(filepath.Join(root, "bench", "results"))
}
