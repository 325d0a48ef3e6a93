package e2e

import (
	"fmt"
	"net/http"
	"sync"
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

// brokenPages requests n new pages that the origin answers in this way.
func (s singleOrigin) brokenPages(t *testing.T, n int, broken http.HandlerFunc) {
	t.Helper()
	var group sync.WaitGroup
	first := s.origin.pathCount()
	for i := range n {
		path := fmt.Sprintf("/things/broken-%d-%d/", first, i)
		s.origin.script(path, broken)
		group.Go(func() {
			if got, err := s.try(path); err != nil || got.status != http.StatusServiceUnavailable {
				t.Errorf("%s: want a 503; got %v (%v)", path, got, err)
			}
		})
	}
	group.Wait()
}

func TestManyBrokenPagesDoNotTakeTheOriginFromTheOthers(t *testing.T) {
	for name, broken := range map[string]http.HandlerFunc{
		"fast 500s":               status(http.StatusInternalServerError),
		"fast 503s":               status(http.StatusServiceUnavailable),
		"bodies that are no JSON": respond("<!doctype html><title>Fatal error</title>"),
		"bodies that break off":   raw(head, "Content-Length: 1000", "", `{"data":`),
	} {
		t.Run(name, func(t *testing.T) {
			s := beginSingleOrigin(t)
			s.brokenPages(t, 50, broken)
			s.wantHealthy(t, "beside-50-broken-pages", 90)
		})
	}
}

func TestBrokenPagesDoNotDelayTheEditsOfOthers(t *testing.T) {
	s := beginSingleOrigin(t)
	const page, edits = "/things/page/", 20
	s.origin.script(page, respond(thing("page", "version 0")))
	s.get(t, page).wantFetched(t)
	old := 0
	for i := range edits {
		s.brokenPages(t, 8, status(http.StatusInternalServerError))
		version := thing("page", fmt.Sprintf("version %d", i+1))
		s.origin.script(page, respond(version))
		if got := s.purge(t, `{"keys":["thing:page"]}`); got.status != http.StatusOK {
			t.Fatal(got)
		}
		if got := s.get(t, page); got.status != http.StatusOK || string(got.body) != version {
			old++
		}
	}
	if old > 0 {
		t.Errorf("after %d of %d edits the page showed the content from before the edit", old, edits)
	}
}
