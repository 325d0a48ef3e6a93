package e2e

import (
	"net/http"
	"testing"
)

// The lifetimes of /brief/ are two seconds fresh and a day stale.
func TestAStaleAnswerIsGivenAtOnceAndRenewedOnceBehindIt(t *testing.T) {
	edge, odd := beginOdd(t)
	const path = "/brief/a/"
	odd.script(path, say(thing("a", "old")))
	edge.get(t, path).wantFetched(t)

	// From now on the origin holds its answer back, so that whatever comes
	// before the gate opens was given without waiting for it.
	gate := make(chan struct{})
	odd.script(path, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-gate:
			say(thing("a", "new"))(w, r)
		case <-r.Context().Done():
		}
	})
	eventually(t, "the entry is stale and the origin is asked", func() bool {
		got := edge.get(t, path)
		if got.status != http.StatusOK || string(got.body) != thing("a", "old") || !got.cache.hit {
			t.Fatalf("not the stale answer: %v", got)
		}
		return len(odd.requests(path)) == 2
	})
	for _, got := range edge.together(t, 20, path) {
		if string(got.body) != thing("a", "old") || !got.cache.hit || got.cache.ttl >= 0 {
			t.Errorf("not the stale answer: %v", got)
		}
	}
	if n := len(odd.requests(path)); n != 2 {
		t.Errorf("the origin was asked %d times behind the stale answers, want once", n-1)
	}
	close(gate)
	eventually(t, "the new answer is there", func() bool {
		return string(edge.get(t, path).body) == thing("a", "new")
	})
}

func TestAnOutageBehindAStaleAnswerGoesUnnoticed(t *testing.T) {
	edge, odd := beginOdd(t)
	const path = "/brief/b/"
	odd.script(path, say(thing("b", "old")))
	edge.get(t, path).wantFetched(t)
	odd.script(path, status(http.StatusServiceUnavailable))
	eventually(t, "the origin has failed twice behind it", func() bool {
		got := edge.get(t, path)
		if got.status != http.StatusOK || string(got.body) != thing("b", "old") {
			t.Fatalf("the outage shows: %v", got)
		}
		return len(odd.requests(path)) >= 3
	})
	odd.script(path, say(thing("b", "new")))
	eventually(t, "the new answer is there", func() bool {
		return string(edge.get(t, path).body) == thing("b", "new")
	})
}

func TestAnEntryThatIsStaleByAgeAndPurgedIsNotGivenAtOnce(t *testing.T) {
	edge, odd := beginOdd(t)
	const path = "/brief/c/"
	odd.script(path, say(thing("c", "old")))
	edge.get(t, path).wantFetched(t)
	if got := edge.purge(t, `{"keys":["brief:c"]}`); got.status != http.StatusOK {
		t.Fatal(got)
	}
	odd.script(path, say(thing("c", "new")))
	if got := edge.get(t, path).wantFetched(t); string(got.body) != thing("c", "new") {
		t.Errorf("a purged entry was given: %v", got)
	}
}
