package e2e

import (
	"fmt"
	"net/http"
	"testing"
)

// A search that resets connections for ever-new queries says nothing about the
// pages of the same origin.
func TestASearchThatFailsTakesTheOriginAwayFromNoPage(t *testing.T) {
	s := beginSingleOrigin(t)
	t.Cleanup(func() { // for the tests that share the edge
		s.origin.script("/posts/", respond(thing("post", "Well again.")))
		probes := 0
		eventually(t, "the circuit of the search closes", func() bool {
			probes++
			s.get(t, fmt.Sprintf("/posts/?search=again-%d", probes)) // whatever it gives
			return s.circuit(t) == "closed"
		})
	})
	s.origin.script("/posts/", reset())
	for i := range 20 {
		s.get(t, fmt.Sprintf("/posts/?search=%d", i)) // whatever it gives
	}
	if s.circuit(t) == "closed" {
		t.Fatal("the circuit of the search is closed")
	}
	for i := range 10 {
		path := fmt.Sprintf("/things/beside-a-search-%d/", i)
		s.origin.script(path, respond(thing("beside", "Fine.")))
		if got := s.get(t, path); got.status != http.StatusOK {
			t.Fatalf("a page of the same origin gets %v", got)
		}
	}
	for _, circuit := range s.status(t).Origins[0].Circuits {
		if circuit.Route != "posts" {
			t.Errorf("the circuit of route %q has failures", circuit.Route)
		}
	}
}
