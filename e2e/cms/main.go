package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"time"

	"larder/internal/local"
)

// edit is something that an editor does in the CMS.
type edit struct {
	name string
	do   func(context.Context) error
}

// cms is a running CMS with content in it.
type cms struct {
	version string
	// origin is its base URL.
	origin string
	urls   []string
	edits  []edit
	// recordedURLs and recordedEdits, by name, are those that -record records.
	recordedURLs  []string
	recordedEdits map[string]bool
	close         func() error
}

// systems start the known CMSs. Each sends its webhooks to hook.
var systems = map[string]func(ctx context.Context, dir, hook string, log *local.Log) (*cms, error){
	"strapi":    startStrapi,
	"wordpress": startWordPress,
}

// within bounds a run.
const within = 40 * time.Minute

func main() {
	out := flag.String("out", "", "write the report to `FILE` too")
	record := flag.String("record", "", "write answers and webhooks to `FOLDER`; the tests' is testdata/cms")
	only := flag.String("only", "", "make only the edits whose name contains `TEXT`")
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "usage: cms [flags] %s\n", strings.Join(sortedKeys(systems), "|"))
		flag.PrintDefaults()
	}
	flag.Parse()
	start := systems[flag.Arg(0)]
	if flag.NArg() != 1 || start == nil {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if err := run(ctx, flag.Arg(0), start, *out, *record, *only); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, name string, start func(context.Context, string, string, *local.Log) (*cms, error), out, record, only string) (err error) {
	dir, err := os.MkdirTemp("", "larder-cms-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	relay, err := newRelay()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, relay.close()) }()
	log := &local.Log{}
	defer func() {
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s", tail(log.Since(0)))
		}
	}()
	system, err := start(ctx, dir, relay.url(), log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, system.close()) }()
	origin, err := url.Parse(system.origin)
	if err != nil {
		return err
	}
	preset, err := readPreset(name, origin.Host, dir)
	if err != nil {
		return err
	}
	edge, err := preset.start(ctx, dir, system.origin, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, edge.Close()) }()
	relay.forwardTo(edge.URL() + "/_larder/hooks/" + preset.hook)

	c := &comparison{edge: edge.URL(), origin: system.origin, debugHeader: preset.debugHeader, urls: system.urls, relay: relay}
	report := &report{system: name, version: system.version, urls: len(system.urls)}
	if err := c.begin(ctx); err != nil {
		return err
	}
	if report.stored, err = c.warm(ctx); err != nil {
		return err
	}
	if record != "" {
		if err := c.recordAnswers(ctx, system, record, name); err != nil {
			return err
		}
	}
	for _, e := range system.edits {
		if !strings.Contains(e.name, only) {
			continue
		}
		r, err := c.run(ctx, e)
		if err != nil {
			return err
		}
		report.add(os.Stdout, r)
		if len(r.mistakes) > 0 {
			// Each is counted once, and not again after later edits.
			if err := c.purgeAll(ctx); err != nil {
				return err
			}
		}
	}
	if record != "" {
		if err := recordWebhooks(system, record, name, report.rounds); err != nil {
			return err
		}
	}
	text := report.markdown(c.urls)
	if out != "" {
		if err := os.WriteFile(out, []byte(text), 0o644); err != nil {
			return err
		}
	} else {
		fmt.Print(text)
	}
	if crash := log.Crash(0); crash != "" {
		return fmt.Errorf("the guest crashed:\n%s", crash)
	}
	return report.verdict()
}

// tail returns the end of a log.
func tail(log string) string {
	lines := strings.SplitAfter(log, "\n")
	return strings.Join(lines[max(0, len(lines)-30):], "")
}
