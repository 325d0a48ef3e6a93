//go:build !race

package fencetest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"

	"larder/handlers"
	"larder/origin"
)

// Two limits bound what purges can cost an origin: a POP fetches a URL once at
// a time, and a request waits for two flights at most, its own fetches and those
// of others. Going over them undoes no purge, so an
// exploration notes it and goes on.

// maxFlights is how many flights one request may take part in: two that it waits
// for, and one that landed just before it arrived, whose outcome it still finds.
const maxFlights = 3

// requestRecord counts the flights of one request to a POP.
type requestRecord struct {
	fetches  int
	followed map[string]bool // flights of others, each by its key and its result
	leading  int             // open transactions in which the request has the obligation
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
	outer, record := a.request, &requestRecord{followed: map[string]bool{}}
	a.request = record
	return func() {
		if n := record.flights(); n > maxFlights {
			w.overLimit("a request of %s takes part in %d flights%s", a.name, n, w.pops[at].name)
		}
		a.request = outer
	}
}

// follow counts a flight that another request has led, by its key and its
// result. A leader does not follow: its other transactions only write.
func (w *world) follow(key, result string) {
	if r := w.self().request; r != nil && r.leading == 0 {
		r.followed[key+result] = true
	}
}

// lead counts the transactions in which the running request has the obligation;
// n is 1 or -1.
func (w *world) lead(n int) {
	if r := w.self().request; r != nil {
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
	case r.excess != "" && !overLimits[s.name]:
		t.Errorf("a limit is exceeded:\n%s", r.excess)
	case r.excess == "" && overLimits[s.name] && r.complete:
		t.Error("no limit is exceeded any more; take the name out of overLimits")
	}
}

// overLimits names the scenarios in which the limits do not hold.
var overLimits = map[string]bool{}
