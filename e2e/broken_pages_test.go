package e2e

import (
	"net/http"
	"testing"
)

// A fast answer of any status shows that the origin is reachable. What is wrong
// with a page concerns that page.

func TestOnePageThatFailsOftenDoesNotOpenTheCircuit(t *testing.T) {
	s := beginSingleOrigin(t)
	const broken = "/things/broken/"
	s.origin.script(broken, status(http.StatusInternalServerError))
	for range enoughFailures {
		s.get(t, broken).wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
		s.purge(t, `{"keys":["thing:broken"]}`)
	}
	s.wantHealthy(t, "beside-a-broken-page", 10)
}
