package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"larder/internal/local"
)

const (
	shelfItems = 8
	readers    = 24
	writers    = 2
	// hardPurges is the share of purges that are hard, in percent.
	hardPurges = 15
	// restBetween is how long a writer rests at most, in seconds. Much less and
	// hardly any read would be a hit.
	restBetween = 0.15
	// slowest is how long a fetch takes at most, in milliseconds: long enough
	// that purges come while it is under way.
	slowest = 40
)

var errBlind = errors.New("without the protection no old content was found, so the search proves nothing")

// drillFence looks for content that is older than a purge which was
// acknowledged before the request began: with the fence there must be none,
// and without it the same search must find some.
func drillFence(ctx context.Context, out io.Writer, wasm, config, dir string, reads int) error {
	fmt.Fprintf(out, "fence: %d readers look for old content while %d writers edit and purge, %d%% of purges hard\n", readers, writers, hardPurges)
	open, err := buildChanged(ctx, withoutFence, config, dir)
	if err != nil {
		return err
	}
	one := func(wasm string) func() (*world, error) {
		return func() (*world, error) { return newWorld(ctx, wasm, usual) }
	}
	return compare(ctx, out, one(wasm), one(open), reads)
}

// drillShield does the same at an edge whose shield hears of a purge earlier or
// later than the edge.
func drillShield(ctx context.Context, out io.Writer, config, dir string, reads int) error {
	fmt.Fprintf(out, "shield: the same through a shield that hears of a purge up to %v before or after the edge; \"without\" is without the calm\n", shieldDelay)
	dir = filepath.Join(dir, "shield") // what the other parts run is not to be replaced
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	config, err := withShield(config, dir)
	if err != nil {
		return err
	}
	wasm, err := local.Build(ctx, local.BuildOptions{Dir: dir, ConfigFile: config})
	if err != nil {
		return err
	}
	restless, err := buildChanged(ctx, withoutQuiet, config, dir)
	if err != nil {
		return err
	}
	two := func(wasm string) func() (*world, error) {
		return func() (*world, error) { return newShieldedWorld(ctx, wasm) }
	}
	return compare(ctx, out, two(wasm), two(restless), reads)
}

// compare searches with a protection and without it.
func compare(ctx context.Context, out io.Writer, with, without func() (*world, error), reads int) error {
	protected, err := search(ctx, with, reads)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "  with it     %v\n", protected)
	open, err := search(ctx, without, min(max(reads/4, 1_000), 10_000))
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
	case open.old == 0:
		return errBlind
	}
	return nil
}

// findings of a search.
type findings struct {
	reads, purges, fetches int64
	old, failed            int64
	examples, faults       []string // of the two, a few
}

// shown is how many examples a search keeps.
const shown = 5

func (f *findings) String() string {
	return fmt.Sprintf("%d reads, %d purges, %d fetches: %d reads of old content, %d failed", f.reads, f.purges, f.fetches, f.old, f.failed)
}

// shelf is an origin's content: items that only ever get newer.
type shelf struct {
	version      [shelfItems]atomic.Int64 // as the origin has it
	acknowledged [shelfItems]atomic.Int64 // as readers may rely on
}

func slug(i int) string { return "item-" + strconv.Itoa(i) }

// serve reads the content at once and gives it slowly, which is the worst that
// can meet a purge.
func (s *shelf) serve(w http.ResponseWriter, r *http.Request) {
	var rows []string
	for i := range shelfItems {
		if strings.HasPrefix(r.URL.Path, "/list/") || strings.HasSuffix(r.URL.Path, "/"+slug(i)+"/") {
			rows = append(rows, fmt.Sprintf(`{"slug":%q,"version":%d}`, slug(i), s.version[i].Load()))
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
	io.WriteString(w, body) //nolint:errcheck // nobody to tell
}

// edit changes an item and purges it.
func (s *shelf) edit(ctx context.Context, w *world, i int, late func(error)) error {
	version := s.version[i].Add(1)
	soft := rand.IntN(100) >= hardPurges
	if err := w.purgeEverywhere(ctx, fmt.Sprintf(`{"keys":["item:%s"],"soft":%t}`, slug(i), soft), late); err != nil {
		return err
	}
	for {
		known := s.acknowledged[i].Load()
		if known >= version || s.acknowledged[i].CompareAndSwap(known, version) {
			return nil
		}
	}
}

var versions = regexp.MustCompile(`"slug":"item-(\d)","version":(\d+)`)

// routes keep an item for long, for a second, and for a second with
// stale-while-revalidate.
var routes = [...]string{"long", "short", "brief"}

// read asks for a random answer and compares it with what was acknowledged
// before.
func (s *shelf) read(ctx context.Context, c *customers) (old, err error) {
	var relied [shelfItems]int64
	for i := range relied {
		relied[i] = s.acknowledged[i].Load()
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
	if got.status != http.StatusOK || len(found) == 0 {
		return nil, fmt.Errorf("%w: %s: %v", errAnswer, path, got)
	}
	for _, match := range found {
		i, _ := strconv.Atoi(match[1])                   // a digit
		version, _ := strconv.ParseInt(match[2], 10, 64) // digits
		if version < relied[i] {
			return fmt.Errorf("%s has version %d of item %d, and %d was acknowledged before: %s",
				path, version, i, relied[i], got.header.Get("Cache-Status")), nil
		}
	}
	return nil, nil
}

// search lets readers and writers loose on a Larder.
func search(ctx context.Context, start func() (*world, error), reads int) (*findings, error) {
	w, err := start()
	if err != nil {
		return nil, err
	}
	defer w.close()
	s := &shelf{}
	w.primary.does(s.serve)
	w.standby.does(s.serve)
	began := w.primary.asked.Load() + w.standby.asked.Load()

	f := &findings{}
	var mu sync.Mutex // of f
	note := func(count *int64, examples *[]string, err error) {
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
		note(&f.failed, &f.faults, err)
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
				note(&f.old, &f.examples, old)
				note(&f.failed, &f.faults, err)
				mu.Unlock()
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
				pause(reading, rand.Float64()*restBetween)
			}
		})
	}
	reader.Wait()
	done()
	writer.Wait()
	w.purges.Wait()
	f.fetches = w.primary.asked.Load() + w.standby.asked.Load() - began
	if f.reads < int64(reads) {
		return f, fmt.Errorf("only %d of %d reads: %w", f.reads, reads, context.DeadlineExceeded)
	}
	return f, nil
}
