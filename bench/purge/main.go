// Command purge measures how soon an edit is seen: the time from the beginning
// of a purge to the end of the first response with the new content, with few and
// with many entries in the cache. It also measures what it costs to check the
// signature of a webhook.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"

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
	flags := flag.NewFlagSet("purge", flag.ContinueOnError)
	edits := flags.Int("edits", 100, "edits for each number of entries")
	entries := flags.String("entries", "1,1000,10000", "entries in the cache, separated by commas")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var sizes []int
	for text := range strings.SplitSeq(*entries, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 1_000_000 {
			return fmt.Errorf("want from 1 to 1000000 entries; got %q", text)
		}
		sizes = append(sizes, n)
	}
	if *edits < 1 || *edits > 10_000 {
		return fmt.Errorf("want from 1 to 10000 edits; got %d", *edits)
	}
	if !loadgen.Comparable {
		fmt.Fprintln(out, "note: without TCP_QUICKACK, which Linux alone has, figures show delayed acknowledgements too")
	}
	root, err := local.Root()
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "building and starting Larder")
	results, err := measure(ctx, out, root, sizes, *edits)
	if err != nil {
		return err
	}
	text := results.markdown(fmt.Sprintf("go run ./bench/purge -edits %d -entries %s", *edits, *entries))
	fmt.Fprint(out, "\n", text)
	return os.WriteFile(filepath.Join(root, "bench", "results", "purge.md"), []byte(text), 0o644)
}
