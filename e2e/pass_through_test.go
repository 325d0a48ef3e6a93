package e2e

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
)

// The body, the headers and the aborts of a request that passes through are the
// client's, so such a request moves no circuit, whatever becomes of it.

// enoughFailures is more than open a circuit by default.
const enoughFailures = 12

// wantHealthy fails unless the circuit is closed and the origin answers n
// requests for paths that are not in the cache.
func (s singleOrigin) wantHealthy(t *testing.T, name string, n int) {
	t.Helper()
	if state := s.circuit(t); state != "closed" {
		t.Errorf("the circuit is %s", state)
	}
	refused := 0
	var last answer
	for i := range n {
		path := fmt.Sprintf("/things/%s-%d/", name, i)
		s.origin.script(path, respond(thing(name, "Fine.")))
		if got := s.get(t, path); got.status != http.StatusOK {
			refused++
			last = got
		}
	}
	if refused > 0 {
		t.Errorf("%d of %d requests for other pages of a healthy origin failed; the last one: %v", refused, n, last)
	}
}

// openCircuit opens the circuit with pages on which the origin hangs.
func (s singleOrigin) openCircuit(t *testing.T) {
	t.Helper()
	tries := 0
	eventually(t, "the circuit opens", func() bool {
		var group sync.WaitGroup
		for i := range enoughFailures {
			path := fmt.Sprintf("/things/hanging-%d-%d/", tries, i)
			s.origin.script(path, hang)
			group.Go(func() { _, _ = s.try(path) }) // only the origin's silence matters
		}
		group.Wait()
		tries++
		return s.circuit(t) != "closed"
	})
}

func TestFailedPassThroughRequestsDoNotOpenTheCircuit(t *testing.T) {
	s := beginSingleOrigin(t)
	const stored = "/things/stored/"
	s.origin.script(stored, respond(thing("stored", "Stored.")))
	s.get(t, stored).wantFetched(t)

	t.Run("POSTs that get a 500", func(t *testing.T) {
		s.origin.script(stored, status(http.StatusInternalServerError))
		paths := []string{stored}
		for i := range enoughFailures {
			path := fmt.Sprintf("/forms/%d/", i)
			s.origin.script(path, status(http.StatusInternalServerError))
			paths = append(paths, path)
		}
		for _, path := range paths {
			got := s.get(t, path, method(http.MethodPost), sending(`{}`))
			if got.status != http.StatusInternalServerError || got.cache.fwdStatus != http.StatusInternalServerError {
				t.Errorf("%s: want the origin's own answer; got %v", path, got)
			}
		}
		s.get(t, stored).wantHit(t)
		s.wantHealthy(t, "beside-forms", 10)
	})
	t.Run("a rate limit for one client", func(t *testing.T) {
		s.origin.script("/login/", limited)
		for _, name := range []string{http.MethodPost, http.MethodGet} {
			got := s.get(t, "/login/", method(name))
			if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "3600" {
				t.Errorf("%s: want the origin's own answer; got %v %v", name, got, got.header)
			}
		}
		s.get(t, stored).wantHit(t)
		s.wantHealthy(t, "beside-a-login", 10)
	})
	t.Run("POSTs on which the origin hangs", func(t *testing.T) {
		var group sync.WaitGroup
		for i := range enoughFailures {
			path := fmt.Sprintf("/forms/hanging-%d/", i)
			s.origin.script(path, hang)
			group.Go(func() {
				if got, err := s.try(path, method(http.MethodPost), sending(`{}`)); err != nil || got.status < 500 {
					t.Errorf("%s: want an error of the edge's; got %v (%v)", path, got, err)
				}
			})
		}
		group.Wait()
		s.wantHealthy(t, "beside-hanging-forms", 10)
	})
}

func TestASuccessfulPassThroughRequestDoesNotCloseTheCircuit(t *testing.T) {
	s := beginSingleOrigin(t)
	s.openCircuit(t)
	s.origin.script("/forms/fine/", respond(`{"sent":true}`))
	for range 5 {
		if got := s.get(t, "/forms/fine/", method(http.MethodPost), sending(`{}`)); got.status != http.StatusOK {
			t.Errorf("with every circuit open, a POST still goes to the first origin; got %v", got)
		}
	}
	if s.circuit(t) == "closed" {
		t.Error("a POST closed the circuit")
	}
}
