// Command bench measures what package client is worth and what it costs: how
// many requests fail while the edge and the API come and go, the time that a
// request takes longer, and what an outage of Redis costs. It needs redis-server
// on PATH. Compare ratios: absolute figures depend on the machine.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"time"
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
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	length := flags.Duration("for", 3*time.Minute, "how long the hosts come and go")
	each := flags.Duration("each", 3*time.Second, "length of each other measurement")
	file := flags.String("out", "", "where the report goes beside the standard output")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *length < time.Second || *each <= 0 {
		return errors.New("want a second at least, and time for each measurement")
	}
	var report bytes.Buffer
	fmt.Fprintf(&report, "# The Go client\n\n`go run ./bench -for %v -each %v` in `client`, %s, %s on %d cores.\n",
		*length, *each, time.Now().Format(time.DateOnly), runtime.Version(), runtime.NumCPU())
	for _, measure := range []func(context.Context, io.Writer) error{
		func(ctx context.Context, w io.Writer) error { return measureFlapping(ctx, w, *length) },
		func(ctx context.Context, w io.Writer) error { return measureOverhead(ctx, w, *each) },
		func(ctx context.Context, w io.Writer) error { return measureRedis(ctx, w, *each) },
	} {
		if err := measure(ctx, &report); err != nil {
			return err
		}
	}
	if _, err := out.Write(report.Bytes()); err != nil {
		return err
	}
	if *file == "" {
		return nil
	}
	return os.WriteFile(*file, report.Bytes(), 0o644)
}

// table writes rows of cells; the first row is the head.
func table(w io.Writer, rows ...[]string) {
	fmt.Fprintln(w)
	for i, row := range rows {
		fmt.Fprintf(w, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			fmt.Fprintf(w, "|%s\n", strings.Repeat("---|", len(row)))
		}
	}
}
