//go:build !race

package fencetest

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"testing"

	"larder/handlers"
	"larder/origin"
)

// Two limits bound what purges can cost an origin: a POP fetches a URL once at
// a time, and a request waits for two flights at most, its own fetches and those
// of others. Going over them undoes no purge, so an exploration notes it and
// goes on.

// maxFlights is how many flights one request may wait for. One that landed
// before the request arrived, whose outcome it still finds, does not count.
const maxFlights = 2

// requestRecord counts the flights of one request to a POP.
type requestRecord struct {
	began   int // how many objects had been stored when the request arrived
	fetches int
	leading int // open transactions in which the request has the obligation
	// leads says that the request has fetched since it began to lead.
	leads bool
	// followed are the flights of others, by their results, and own the objects
	// that the request has stored itself.
	followed, own map[stored]bool
}

// stored is an object by its cache key and its number among those that were
// ever stored there.
type stored struct {
	cache  *steppedCache
	key    string
	number int
}

func (r *requestRecord) flights() int { return r.fetches + len(r.followed) }

type fetchKey struct {
	at   location
	path string
}

func (w *world) overLimit(format string, args ...any) {
	w.excess = append(w.excess, fmt.Sprintf(format, args...))
}

// beginRequest begins to count, and returns what ends it.
func (w *world) beginRequest(at location) (end func()) {
	a := w.self()
	outer, record := a.request, &requestRecord{began: w.stored, followed: map[stored]bool{}, own: map[stored]bool{}}
	a.request = record
	return func() {
		if n := record.flights(); n > maxFlights {
			w.overLimit("a request of %s takes part in %d flights%s", a.name, n, w.pops[at].name)
		}
		a.request = outer
	}
}

// follow counts a flight that another request has led, if that one has fetched
// anything. A leader does not follow: its other transactions only write.
func (w *world) follow(result stored) {
	if r := w.self().request; r != nil && r.leading == 0 && !r.own[result] && w.results[result] > r.began {
		r.followed[result] = true
	}
}

// stores notes an object that the running request stores.
func (w *world) stores(o stored) {
	w.stored++
	if r := w.self().request; r != nil {
		r.own[o] = true
		if r.leads {
			w.results[o] = w.stored
		}
	}
}

// lead counts the transactions in which the running request has the obligation;
// n is 1 or -1.
func (w *world) lead(n int) {
	if r := w.self().request; r != nil {
		r.leads = r.leads && r.leading > 0
		r.leading += n
	}
}

// countedOrigins counts the fetches of a POP.
type countedOrigins struct {
	world   *world
	at      location
	origins handlers.Origins
}

func (c countedOrigins) Do(ctx context.Context, req *origin.Request, limit int64) (*origin.Response, error) {
	if req.Method != http.MethodGet {
		return c.origins.Do(ctx, req, limit)
	}
	w := c.world
	if r := w.self().request; r != nil {
		r.fetches++
		r.leads = r.leading > 0
	}
	key := fetchKey{c.at, req.Path + "?" + req.Query}
	w.underWay[key]++
	if n := w.underWay[key]; n > 1 {
		w.overLimit("%s is fetched %d times at once%s", req.Path, n, w.pops[c.at].name)
	}
	resp, err := c.origins.Do(ctx, req, limit)
	if err != nil || resp.Remainder == nil {
		w.underWay[key]--
		return resp, err
	}
	resp.Remainder = &countedBody{ReadCloser: resp.Remainder, end: func() { w.underWay[key]-- }}
	return resp, nil
}

// countedBody ends a fetch when it is closed.
type countedBody struct {
	io.ReadCloser
	end func()
}

func (b *countedBody) Close() error {
	if b.end != nil {
		b.end()
		b.end = nil
	}
	return b.ReadCloser.Close()
}

// checkLimits holds an exploration to the limits of fetches and flights.
func checkLimits(t *testing.T, s *scenario, r result) {
	switch {
	case r.excess != "" && !s.overLimits:
		t.Errorf("a limit is exceeded:\n%s", r.excess)
	case r.excess == "" && s.overLimits && r.complete:
		t.Errorf("no limit is exceeded in %d states and %d runs; the mark can go", r.states, r.runs)
	}
}

// crowds have too many requests to explore them all. A deletion can take the
// result of the second flight away before the request that waited for it reads
// it; only then is there a third.
func crowds() []*scenario {
	return withDefaults([]*scenario{
		{name: "three cold fetches and two edits",
			plays: []play{reader("first"), reader("second"), reader("third"), editor("editor", soft, soft)}},
		{name: "three fetches of an edited post and two edits", prepare: edited,
			plays: []play{reader("first"), reader("second"), reader("third"), editor("editor", soft, soft)}},
		{name: "three cold fetches and two deletions", overLimits: true,
			plays: []play{reader("first"), reader("second"), reader("third"), editor("editor", hard, hard)}},
	})
}

func TestCrowdsStayWithinTheLimits(t *testing.T) {
	t.Parallel()
	for i, s := range crowds() {
		t.Run(s.name, func(t *testing.T) {
			r := sample(s, options{}, rand.New(rand.NewPCG(*seed, uint64(i))), 3_000)
			if r.violation != "" {
				t.Fatalf("the promise is broken:\n%s", r.violation)
			}
			r.complete = *seed == defaultSeed // any other may find no excess
			checkLimits(t, s, r)
		})
	}
}
