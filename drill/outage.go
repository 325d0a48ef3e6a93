package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// scale is how much faster than real time passes in the long outage: eight hours
// take forty seconds. The lifetimes of its routes in larder.json are a
// day, an hour and five minutes at this scale, with ten minutes of
// stale-while-revalidate and a week of stale-if-error.
const scale = 720

// itemsPerLifetime is how many items of each lifetime are requested throughout.
const itemsPerLifetime = 20

// drillOutage kills both origins for long. In the first half they answer 503,
// in the second they hang; in between the POP loses its cache.
func drillOutage(ctx context.Context, out io.Writer, wasm string, length time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := newWorld(ctx, wasm, usual)
	if err != nil {
		return err
	}
	defer w.close()
	var paths []string
	for _, lifetime := range []string{"day", "hour", "minutes"} {
		for i := range itemsPerLifetime {
			paths = append(paths, fmt.Sprintf("/%s/item-%d/", lifetime, i))
		}
	}
	for _, path := range paths {
		if got, err := w.get(ctx, path); err != nil || got.status != http.StatusOK {
			return fmt.Errorf("%s: %v %w", path, got, err)
		}
	}
	if !pause(ctx, 0.5) { // copies are written behind the answers
		return context.Cause(ctx)
	}

	fmt.Fprintf(out, "outage: %v of real time in %v; both origins answer 503, then hang; half way the POP loses its cache\n", length*scale, length)
	halves := []struct {
		name   string
		answer http.HandlerFunc
		begin  func() error
	}{
		{"origins answer 503", status(http.StatusServiceUnavailable), func() error { return nil }},
		{"cache lost, origins hang", hang, func() error { return w.purge(ctx, `{"all":true,"soft":false}`) }},
	}
	failures := 0
	for _, half := range halves {
		w.primary.does(half.answer)
		w.standby.does(half.answer)
		if err := half.begin(); err != nil {
			return err
		}
		before := w.primary.requests.Load() + w.standby.requests.Load()
		got := w.wander(ctx, paths, length/2)
		reached := w.primary.requests.Load() + w.standby.requests.Load() - before
		minutes := (length / 2 * scale).Minutes()
		fmt.Fprintf(out, "  %-25s %d answers, %d failures, p50 %v, p99 %v; %d fetches reached the origins, %.2f per minute of real time\n",
			half.name, len(got.took), got.failures, got.percentile(50).Round(time.Millisecond), got.percentile(99).Round(time.Millisecond),
			reached, float64(reached)/minutes)
		if got.failures > 0 {
			fmt.Fprintf(out, "  FAILED %s\n", got.first)
		}
		failures += got.failures
	}
	if failures > 0 {
		return fmt.Errorf("%w: %d times", errWrong, failures)
	}
	return nil
}

// wander lets customers request the paths at random; every request must be
// served.
func (w *world) wander(ctx context.Context, paths []string, during time.Duration) *tally {
	until := time.Now().Add(during)
	var (
		group sync.WaitGroup
		mu    sync.Mutex
		all   tally
	)
	for range 8 {
		group.Go(func() {
			for time.Now().Before(until) && ctx.Err() == nil {
				path := paths[rand.IntN(len(paths))]
				got, err := w.get(ctx, path)
				if err == nil && (got.status != http.StatusOK || got.body != item(path, 1)) {
					err = fmt.Errorf("%w: %s: %v", errAnswer, path, got)
				}
				mu.Lock()
				all.add(got, err)
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return &all
}
