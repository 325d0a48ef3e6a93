package e2e

import (
	"net/http"
	"sync"
	"testing"
)

// heldBack is an answer that an origin holds back until the gate opens.
type heldBack struct {
	gate    chan struct{}
	open    func()
	arrived chan struct{} // one for each request
	answer  http.HandlerFunc
}

// holdBack returns one whose gate opens at the end of the test at the latest.
func holdBack(t *testing.T, answer http.HandlerFunc) *heldBack {
	t.Helper()
	h := &heldBack{gate: make(chan struct{}), arrived: make(chan struct{}, 1000), answer: answer}
	h.open = sync.OnceFunc(func() { close(h.gate) })
	t.Cleanup(h.open)
	return h
}

func (h *heldBack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.arrived <- struct{}{}
	select {
	case <-h.gate:
		h.answer(w, r)
	case <-r.Context().Done():
	}
}

// pending is a request under way.
type pending chan pendingResult

type pendingResult struct {
	answer
	err error
}

// begin sends a request without waiting for its response.
func (e edge) begin(path string) pending {
	p := make(pending, 1)
	go func() {
		got, err := e.try(path)
		p <- pendingResult{got, err}
	}()
	return p
}

// beginFetch requests a path until its entry is stale, so that a request
// reaches the origin, and returns that request.
func (e edge) beginFetch(t *testing.T, path string, h *heldBack) (fetch pending) {
	t.Helper()
	eventually(t, path+" is fetched", func() bool {
		fetch = e.begin(path)
		select {
		case <-h.arrived:
			return true
		case <-fetch: // from the cache: the entry is still fresh
			return false
		}
	})
	return fetch
}

// The origin gets ten seconds for each answer, and patience is a second by
// default. Requests that must wait for the origin begin first, so a request that
// also waited ten seconds would get its response after theirs.
func TestNobodyWithAStaleCopyWaitsLongForAnOriginThatHangs(t *testing.T) {
	s := beginSingleOrigin(t, timeouts("10s", "20s"))
	const stale, purged, forErrors = "/brief/stale/", "/things/purged/", "/open/for-errors"
	const before, after = `{"data":{"slug":"page","text":"before"}}`, `{"data":{"slug":"page","text":"after"}}`
	origin := holdBack(t, respond(after))
	for _, path := range []string{stale, purged, forErrors} {
		s.origin.script(path, func(w http.ResponseWriter, r *http.Request) {
			if path == forErrors {
				w.Header().Set("Cache-Control", "max-age=1, stale-if-error=86400")
			}
			respond(before)(w, r)
		})
		s.get(t, path).wantFetched(t)
		s.origin.script(path, origin.ServeHTTP)
	}
	s.purge(t, `{"keys":["thing:purged"]}`)

	// These must wait for the origin: one was purged, and the origin lets the
	// other be stale after an error only.
	waiting := map[string]pending{purged: s.beginFetch(t, purged, origin), forErrors: s.beginFetch(t, forErrors, origin)}
	request := s.beginFetch(t, stale, origin)
	for i := range 4 {
		got := <-request
		if got.err != nil || got.status != http.StatusOK || string(got.body) != before {
			t.Fatalf("request %d: want the stale copy; got %v (%v)", i+1, got.answer, got.err)
		}
		for path, p := range waiting {
			if len(p) > 0 {
				t.Fatalf("the edge gave up on the origin for %s before request %d got its stale copy", path, i+1)
			}
		}
		request = s.begin(stale)
	}
	<-request

	origin.open()
	for path, p := range waiting {
		if got := <-p; got.err != nil || got.status != http.StatusOK || string(got.body) != after {
			t.Errorf("%s: want what the origin said in the end; got %v (%v)", path, got.answer, got.err)
		}
	}
	eventually(t, "what was fetched behind the stale copy is served", func() bool {
		return string(s.get(t, stale).body) == after
	})
	if state := s.circuit(t); state != "closed" {
		t.Errorf("the circuit is %s, although the origin answered everything in time", state)
	}
}
