package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	shelfItems = 8
	readers    = 24
	writers    = 2
	// hardPurges is the share of purges that are hard, in percent.
	hardPurges = 15
	// usualWriterRest is how long a writer rests at most. With much less, hardly
	// any read would be a hit.
	usualWriterRest = 150 * time.Millisecond
	// slowest is how long a fetch takes at most, in milliseconds: long enough for
	// purges to come while it is under way.
	slowest = 40
)

var (
	errBlind   = errors.New("without the protection no old content was found either, so the search proves nothing")
	errStarved = errors.New("this machine is too busy for the search: fetches time out that take 40 ms")
)

// drillFence looks for content that is older than a purge which was
// acknowledged before the request began: with the fence there must be none,
// and without it the same search must find some.
func drillFence(ctx context.Context, out io.Writer, wasm, config, dir string, reads int) error {
	fmt.Fprintf(out, "fence: %d readers look for old content while %d writers edit and purge, %d%% of purges hard\n", readers, writers, hardPurges)
	open, err := buildChanged(ctx, withoutFence, config, dir)
	if err != nil {
		return err
	}
	return comparison{
		with:    func() (*world, error) { return newWorld(ctx, wasm, usual) },
		without: func() (*world, error) { return newWorld(ctx, open, usual) },
		shelf:   func() *shelf { return &shelf{writerRest: usualWriterRest} },
		reads:   reads, readsWithout: min(max(reads/4, 1_000), 10_000),
	}.run(ctx, out)
}

// comparison is a search with a protection and the same without it.
type comparison struct {
	with, without       func() (*world, error)
	shelf               func() *shelf
	reads, readsWithout int
}

func (c comparison) run(ctx context.Context, out io.Writer) error {
	protected, err := search(ctx, c.with, c.shelf(), c.reads)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "  with it     %v\n", protected)
	open, err := search(ctx, c.without, c.shelf(), c.readsWithout)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "  without it  %v\n", open)
	for _, fault := range append(protected.faults, open.faults...) {
		fmt.Fprintf(out, "  FAILED %s\n", fault)
	}
	switch {
	case protected.old > 0 || protected.failed > 0:
		return fmt.Errorf("%w:\n  %s", errWrong, strings.Join(protected.examples, "\n  "))
	case protected.starved > protected.reads/100:
		return errStarved
	case open.old == 0:
		return errBlind
	}
	return nil
}

// findings of a search.
type findings struct {
	reads, purges, fetches int64
	old, failed            int64
	// starved counts responses that were stale, as soft purges allow, or 503,
	// because a fetch failed on a busy machine. They prove nothing.
	starved          int64
	examples, faults []string // of the two, a few
}

// shown is how many examples a search keeps.
const shown = 5

func (f *findings) String() string {
	text := fmt.Sprintf("%d reads, %d purges, %d fetches: %d reads of old content, %d failed", f.reads, f.purges, f.fetches, f.old, f.failed)
	if f.starved > 0 {
		text += fmt.Sprintf(", %d stale or 503 because the machine was too busy", f.starved)
	}
	return text
}

// shelf is an origin's content: items that only ever get newer.
type shelf struct {
	version      [shelfItems]atomic.Int64 // as it was edited
	shown        [shelfItems]atomic.Int64 // as the origin shows it
	acknowledged [shelfItems]atomic.Int64 // as readers may rely on
	removed      [shelfItems]atomic.Int64 // the same, of hard purges only

	// lag is how much later than the edit the origin shows it, and settle is
	// how much later than its purge was acknowledged readers may rely on it.
	lag, settle time.Duration
	// readerRest is how long a reader rests between requests, and writerRest is
	// how long a writer rests at most.
	readerRest, writerRest time.Duration
}

// raise sets a version unless a newer one is there already.
func raise(version *atomic.Int64, to int64) {
	for {
		known := version.Load()
		if known >= to || version.CompareAndSwap(known, to) {
			return
		}
	}
}

// later raises a version after a while, or at once. The search waits for it.
func (w *world) later(ctx context.Context, after time.Duration, version *atomic.Int64, to int64) {
	if after == 0 {
		raise(version, to)
		return
	}
	w.purges.Go(func() {
		if pause(ctx, after.Seconds()) {
			raise(version, to)
		}
	})
}

func slug(i int) string { return "item-" + strconv.Itoa(i) }

// serve reads the content at once and sends it slowly, which is the worst case
// for a purge.
func (s *shelf) serve(w http.ResponseWriter, r *http.Request) {
	var rows []string
	for i := range shelfItems {
		if strings.HasPrefix(r.URL.Path, "/list/") || strings.HasSuffix(r.URL.Path, "/"+slug(i)+"/") {
			rows = append(rows, fmt.Sprintf(`{"slug":%q,"version":%d}`, slug(i), s.shown[i].Load()))
		}
	}
	body := `{"data":[` + strings.Join(rows, ",") + `]}`
	etag := fmt.Sprintf(`"%x"`, strings.Join(rows, ""))
	unchanged := r.Header.Get("If-None-Match") == etag
	pause(r.Context(), rand.Float64()*slowest/1000)
	w.Header().Set("Etag", etag)
	if unchanged {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, body) //nolint:errcheck // the connection is gone
}

// edit changes an item and purges it.
func (s *shelf) edit(ctx context.Context, w *world, i int, late func(error)) error {
	version := s.version[i].Add(1)
	w.later(ctx, s.lag, &s.shown[i], version)
	soft := rand.IntN(100) >= hardPurges
	if err := w.purgeEverywhere(ctx, fmt.Sprintf(`{"keys":["item:%s"],"soft":%t}`, slug(i), soft), late); err != nil {
		return err
	}
	w.later(ctx, s.settle, &s.acknowledged[i], version)
	if !soft {
		w.later(ctx, s.settle, &s.removed[i], version)
	}
	return nil
}

var versions = regexp.MustCompile(`"slug":"item-(\d)","version":(\d+)`)

// fetchFailed matches what Cache-Status says of a fetch that failed. The origins
// of a search never fail by themselves.
var fetchFailed = regexp.MustCompile(`\borigin-(timeout|unreachable|circuit-open)\b`)

// routes store an item for long, for a second, and for a second with
// stale-while-revalidate.
var routes = [...]string{"long", "short", "brief"}

// read requests a random answer and compares it with what was acknowledged
// before.
func (s *shelf) read(ctx context.Context, c *customers) (old, err error) {
	var relied, removed [shelfItems]int64
	for i := range relied {
		relied[i], removed[i] = s.acknowledged[i].Load(), s.removed[i].Load()
	}
	path := "/list/"
	if route := rand.IntN(len(routes) + 1); route < len(routes) {
		path = "/" + routes[route] + "/" + slug(rand.IntN(shelfItems)) + "/"
	}
	got, err := c.get(ctx, path)
	if err != nil {
		return nil, err
	}
	found := versions.FindAllStringSubmatch(got.body, -1)
	starved := fetchFailed.MatchString(got.header.Get("Cache-Status"))
	if got.status == http.StatusServiceUnavailable && starved {
		return nil, errStarved
	}
	if got.status != http.StatusOK || len(found) == 0 {
		return nil, fmt.Errorf("%w: %s: %v", errAnswer, path, got)
	}
	for _, match := range found {
		i, _ := strconv.Atoi(match[1])                   // a digit
		version, _ := strconv.ParseInt(match[2], 10, 64) // digits
		if version < relied[i] && version >= removed[i] && starved {
			return nil, errStarved
		}
		if version < relied[i] {
			return fmt.Errorf("%s has version %d of item %d, and %d was acknowledged before: %s",
				path, version, i, relied[i], got.header.Get("Cache-Status")), nil
		}
	}
	return nil, nil
}

// search runs readers and writers against a Larder.
func search(ctx context.Context, start func() (*world, error), s *shelf, reads int) (*findings, error) {
	w, err := start()
	if err != nil {
		return nil, err
	}
	defer w.close()
	w.primary.does(s.serve)
	w.standby.does(s.serve)
	began := w.primary.requests.Load() + w.standby.requests.Load()

	f := &findings{}
	var mu sync.Mutex // of f
	record := func(count *int64, examples *[]string, err error) {
		if err == nil {
			return
		}
		*count++
		if len(*examples) < shown {
			*examples = append(*examples, err.Error())
		}
	}
	failed := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		record(&f.failed, &f.faults, err)
	}
	reading, done := context.WithTimeout(ctx, 45*time.Minute) // purges in Viceroy cost more with every object
	defer done()
	var left atomic.Int64
	left.Store(int64(reads))
	var reader, writer sync.WaitGroup
	for range readers {
		reader.Go(func() {
			for left.Add(-1) >= 0 && reading.Err() == nil {
				old, err := s.read(ctx, w.customers)
				mu.Lock()
				f.reads++
				record(&f.old, &f.examples, old)
				if errors.Is(err, errStarved) {
					f.starved++
				} else {
					record(&f.failed, &f.faults, err)
				}
				mu.Unlock()
				if s.readerRest > 0 {
					pause(reading, s.readerRest.Seconds())
				}
			}
		})
	}
	for range writers {
		writer.Go(func() {
			for reading.Err() == nil {
				err := s.edit(ctx, w, rand.IntN(shelfItems), failed)
				mu.Lock()
				f.purges++
				mu.Unlock()
				failed(err)
				pause(reading, rand.Float64()*s.writerRest.Seconds())
			}
		})
	}
	reader.Wait()
	done()
	writer.Wait()
	w.purges.Wait()
	f.fetches = w.primary.requests.Load() + w.standby.requests.Load() - began
	if f.reads < int64(reads) {
		return f, fmt.Errorf("only %d of %d reads: %w", f.reads, reads, context.DeadlineExceeded)
	}
	return f, nil
}
