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
	"syscall"

	"larder/internal/local"
)

// errWorse means that a case fails unexpectedly or did not run.
var errWorse = errors.New("the cache does not behave as testdata/conformance says")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, log io.Writer) error {
	flags := flag.NewFlagSet("conformance", flag.ContinueOnError)
	flags.SetOutput(log)
	update := flags.Bool("update", false, "rewrite the record with this run's outcomes")
	verbose := flags.Bool("v", false, "show the output of the origin and the edge")
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}

	root, err := local.Root()
	if err != nil {
		return err
	}
	client := suite{dir: filepath.Join(root, "conformance"), log: log}
	if err := client.install(ctx); err != nil {
		return err
	}
	if ids := flags.Args(); len(ids) > 0 {
		return show(ctx, client, ids, out)
	}
	if !*verbose {
		// Most messages of the origin and the edge are provoked by the cases.
		client.log = io.Discard
	}
	return compare(ctx, client, record{filepath.Join(root, "testdata", "conformance")}, *update, out)
}

// show runs some cases and prints their outcomes. The suite logs every message.
func show(ctx context.Context, client suite, ids []string, out io.Writer) error {
	var result outcomes
	err := withEdge(ctx, client, func(ctx context.Context, base string) (err error) {
		result, err = client.trace(ctx, base, ids)
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		outcome, ran := result[id]
		if !ran {
			return fmt.Errorf("%s is not a case of the suite for a shared cache", id)
		}
		fmt.Fprintf(out, "%s: %v\n", id, outcome)
	}
	return nil
}

// compare runs everything and compares the outcomes with the record.
func compare(ctx context.Context, client suite, committed record, update bool, out io.Writer) error {
	known, err := client.catalogue(ctx)
	if err != nil {
		return err
	}
	recorded, err := committed.outcomes()
	if err != nil {
		return err
	}
	listed, err := committed.exceptions()
	if err != nil {
		return err
	}
	excepted, err := reasons(listed, known)
	if err != nil {
		return err
	}

	var result outcomes
	err = withEdge(ctx, client, func(ctx context.Context, base string) (err error) {
		result, err = runTwice(ctx, client, base, func(result outcomes) []string {
			return judge(known, recorded, result, excepted).suspects()
		})
		return err
	})
	if err != nil {
		return err
	}

	found := judge(known, recorded, result, excepted)
	report(out, found, tallyOf(known, result), recorded, result)
	if update {
		if err := committed.update(known, result); err != nil {
			return err
		}
		found.worse = nil
	}
	if found.failed() {
		return errWorse
	}
	return nil
}

// runTwice runs every case, then the suspects of this run again on their own.
// For these the second outcome counts.
func runTwice(ctx context.Context, client suite, base string, suspects func(outcomes) []string) (outcomes, error) {
	result, err := client.run(ctx, base)
	if err != nil {
		return nil, err
	}
	ids := suspects(result)
	if len(ids) == 0 {
		return result, nil
	}
	again, err := client.runAlone(ctx, base, ids)
	for id, outcome := range again {
		result[id] = outcome
	}
	return result, err
}
