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
	"strings"
	"time"

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

// plan says how long each part takes.
type plan struct {
	load   time.Duration // of each fault
	outage time.Duration // of the long outage
	reads  int           // of the search for old content; a quarter through a shield
}

var errWrong = errors.New("customers got what they must not")

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("drill", flag.ContinueOnError)
	short := flags.Bool("short", false, "the form that fits into make test")
	only := flags.String("only", "faults,outage,fence,shield,lag", "parts to run, separated by commas")
	reads := flags.Int("reads", 0, "how often the fence drill reads; 0 means as often as the form says")
	if err := flags.Parse(args); err != nil {
		return err
	}
	p := plan{load: 8 * time.Second, outage: 40 * time.Second, reads: 100_000}
	if *short {
		p = plan{load: 800 * time.Millisecond, outage: 8 * time.Second, reads: 5_000}
	}
	if *reads > 0 {
		p.reads = *reads
	}
	dir, err := os.MkdirTemp("", "larder-drill-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Fprintln(out, "building Larder with the drill's short lifetimes and timeouts")
	root, err := local.Root()
	if err != nil {
		return err
	}
	config := filepath.Join(root, "drill", "larder.json")
	wasm, err := local.Build(ctx, local.BuildOptions{Dir: dir, ConfigFile: config})
	if err != nil {
		return err
	}

	parts := map[string]func() error{
		"faults": func() error { return drillFaults(ctx, out, wasm, config, dir, p.load) },
		"outage": func() error { return drillOutage(ctx, out, wasm, p.outage) },
		"fence":  func() error { return drillFence(ctx, out, wasm, config, dir, p.reads) },
		"shield": func() error { return drillShield(ctx, out, config, dir, p.reads/4) },
		"lag":    func() error { return drillLag(ctx, out, config, dir, max(p.reads/10, 2_000)) },
	}
	var errs []error
	for name := range strings.SplitSeq(*only, ",") {
		part, ok := parts[name]
		if !ok {
			return fmt.Errorf("want faults, outage, fence, shield or lag; got %q", name)
		}
		began := time.Now()
		if err := part(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
		fmt.Fprintf(out, "(%s took %v)\n\n", name, time.Since(began).Round(time.Second))
	}
	return errors.Join(errs...)
}
