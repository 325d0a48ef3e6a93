// Command bulkimport measures what a bulk import costs the pages that it does
// not touch. While many edits a second purge keys that neither of two answers
// carries, clients go on requesting the two, a page and a list, which were
// edited once when the import began. The origin should see a request or two for
// each of them, and clients should wait only for the first.
//
// The full run takes over an hour; with -short it takes a minute.
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
	"strconv"
	"strings"
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

// plan says what is measured: a cell for each latency and rate of edits.
type plan struct {
	edits     int       // in each cell
	rates     []float64 // edits a second
	latencies []time.Duration
	requests  int // a second, for the page and for the list each
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("bulkimport", flag.ContinueOnError)
	short := flags.Bool("short", false, "fewer cells, with 60 edits each")
	edits := flags.Int("edits", 1000, "edits in each cell")
	rates := flags.String("rates", "1,5,20", "edits a second, separated by commas")
	latencies := flags.String("latencies", "200ms,500ms,2s", "how long the origin takes, separated by commas")
	requests := flags.Int("requests", 25, "requests a second for the page, and as many for the list")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *short {
		*edits, *rates, *latencies = 60, "2,20", "200ms,2s"
	}
	p, err := newPlan(*edits, *rates, *latencies, *requests)
	if err != nil {
		return err
	}
	if !loadgen.Comparable {
		fmt.Fprintln(out, "note: without TCP_QUICKACK, which Linux alone has, figures show delayed acknowledgements too")
	}
	root, err := local.Root()
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "building and starting Larder")
	rows, err := measure(ctx, out, root, p)
	if err != nil {
		return err
	}
	command := fmt.Sprintf("go run ./bench/bulkimport -edits %d -rates %s -latencies %s -requests %d", *edits, *rates, *latencies, *requests)
	text := markdown(command, p, rows)
	fmt.Fprint(out, "\n", text)
	results := filepath.Join(root, "bench", "results")
	if err := os.MkdirAll(results, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(results, "bulkimport.md"), []byte(text), 0o644)
}

func newPlan(edits int, rates, latencies string, requests int) (plan, error) {
	p := plan{edits: edits, requests: requests}
	for text := range strings.SplitSeq(rates, ",") {
		rate, err := strconv.ParseFloat(text, 64)
		if err != nil || rate <= 0 || rate > 1000 {
			return p, fmt.Errorf("want a rate of edits up to 1000 a second; got %q", text)
		}
		p.rates = append(p.rates, rate)
	}
	for text := range strings.SplitSeq(latencies, ",") {
		latency, err := time.ParseDuration(text)
		if err != nil || latency < 0 || latency > 10*time.Second {
			return p, fmt.Errorf("want a latency up to 10s; got %q", text)
		}
		p.latencies = append(p.latencies, latency)
	}
	if edits < 1 || requests < 1 || requests > 1000 {
		return p, errors.New("want at least one edit, and from 1 to 1000 requests a second")
	}
	return p, nil
}
