// Command outage measures what an outage of every origin costs customers whose
// responses are stored. One Larder runs in front of a healthy origin, another in
// front of origins that accept every request and hang; both are measured in
// short alternating rounds. The command also counts the fetches that still reach
// the origins, and reads the memory of a Viceroy that answers many requests.
// Compare ratios: absolute figures depend on Viceroy and the machine. `make
// bench` calls it.
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
	flags := flag.NewFlagSet("outage", flag.ContinueOnError)
	rounds := flags.Int("rounds", 5, "rounds per subject and number of connections")
	each := flags.Duration("each", time.Second, "length of a round")
	requests := flags.Int("requests", 100_000, "requests after which the memory is read last")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *rounds < 1 || *each <= 0 || *requests < 10 {
		return errors.New("want at least one round, time for it, and ten requests")
	}
	if !loadgen.Comparable {
		fmt.Fprintln(out, "note: without TCP_QUICKACK, which Linux alone has, figures show delayed acknowledgements and not the edge")
	}
	root, err := local.Root()
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "building and starting two edges")
	b, err := start(ctx, root)
	if err != nil {
		return err
	}
	r, err := b.measure(ctx, out, *rounds, *each, *requests)
	if err = errors.Join(err, b.stop()); err != nil {
		return err
	}
	r.Command = fmt.Sprintf("go run ./bench/outage -rounds %d -each %v -requests %d", *rounds, *each, *requests)
	text := r.markdown()
	fmt.Fprint(out, "\n", text)
	results := filepath.Join(root, "bench", "results")
	if err := os.MkdirAll(results, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(results, "outage.md"), []byte(text), 0o644)
}
