package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// The lifetimes of /brief/ are two seconds fresh and a day stale.
func TestAStaleAnswerIsServedAtOnceAndRevalidatedOnce(t *testing.T) {
	edge, origin := beginScripted(t)
	const path = "/brief/a/"
	origin.script(path, respond(thing("a", "old")))
	edge.get(t, path).wantFetched(t)

	// From now on the origin holds its answer back: what is served before the
	// gate opens was served without waiting for it.
	gate := make(chan struct{})
	origin.script(path, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-gate:
			respond(thing("a", "new"))(w, r)
		case <-r.Context().Done():
		}
	})
	eventually(t, "the entry is stale and the origin gets a request", func() bool {
		got := edge.get(t, path)
		if got.status != http.StatusOK || string(got.body) != thing("a", "old") || !got.cache.hit {
			t.Fatalf("not the stale answer: %v", got)
		}
		return len(origin.requests(path)) == 2
	})
	for _, got := range edge.together(t, 20, path) {
		if string(got.body) != thing("a", "old") || !got.cache.hit || got.cache.ttl >= 0 {
			t.Errorf("not the stale answer: %v", got)
		}
	}
	if n := len(origin.requests(path)); n != 2 {
		t.Errorf("the origin received %d requests behind the stale answers, want one", n-1)
	}
	close(gate)
	eventually(t, "the new answer is there", func() bool {
		return string(edge.get(t, path).body) == thing("a", "new")
	})
}

func TestClientsDoNotNoticeAnOutageBehindAStaleAnswer(t *testing.T) {
	edge, origin := beginScripted(t)
	const path = "/brief/b/"
	origin.script(path, respond(thing("b", "old")))
	edge.get(t, path).wantFetched(t)
	origin.script(path, status(http.StatusServiceUnavailable))
	eventually(t, "the origin has failed twice behind it", func() bool {
		got := edge.get(t, path)
		if got.status != http.StatusOK || string(got.body) != thing("b", "old") {
			t.Fatalf("the outage shows: %v", got)
		}
		return len(origin.requests(path)) >= 3
	})
	origin.script(path, respond(thing("b", "new")))
	eventually(t, "the new answer is there", func() bool {
		return string(edge.get(t, path).body) == thing("b", "new")
	})
}

func TestAStaleEntryThatWasPurgedIsNotServedAtOnce(t *testing.T) {
	edge, origin := beginScripted(t)
	const path = "/brief/c/"
	origin.script(path, respond(thing("c", "old")))
	edge.get(t, path).wantFetched(t)
	if got := edge.purge(t, `{"keys":["brief:c"]}`); got.status != http.StatusOK {
		t.Fatal(got)
	}
	origin.script(path, respond(thing("c", "new")))
	if got := edge.get(t, path).wantFetched(t); string(got.body) != thing("c", "new") {
		t.Errorf("a purged entry was served: %v", got)
	}
}

// The request that finds an entry stale may be a HEAD, a range or a conditional
// request. The revalidation behind it still stores the whole response.
func TestARevalidationBehindAPartialResponseStoresTheWhole(t *testing.T) {
	edge, origin := beginScripted(t)
	const etag = `"v1"`
	body := thing("a", strings.Repeat("whole ", 100))
	asks := map[string]option{
		"/brief/part/":      with("Range", "bytes=0-9"),
		"/brief/parts/":     with("Range", "bytes=0-4,20-29"),
		"/brief/head/":      method(http.MethodHead),
		"/brief/unchanged/": with("If-None-Match", etag),
	}
	for path := range asks {
		origin.script(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Etag", etag)
			if r.Header.Get("If-None-Match") == etag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			respond(body)(w, r)
		})
		edge.get(t, path).wantFetched(t)
	}
	for path, ask := range asks {
		eventually(t, path+" is revalidated behind such a request", func() bool {
			edge.get(t, path, ask)
			return len(origin.requests(path)) > 1
		})
		if got := origin.requests(path)[1].Header.Get("If-None-Match"); got != etag {
			t.Fatalf("%s is fetched again, not validated: If-None-Match is %q", path, got)
		}
		eventually(t, path+" is fresh again", func() bool {
			got := edge.get(t, path)
			if got.status != http.StatusOK || string(got.body) != body {
				t.Fatalf("%s is not the whole: %d %v", path, got.status, got)
			}
			for name, want := range map[string]string{
				"Content-Length": fmt.Sprint(len(body)), "Content-Type": "application/json", "Content-Range": "", "Etag": etag,
			} {
				if got.header.Get(name) != want {
					t.Fatalf("%s: %s is %q, want %q", path, name, got.header.Get(name), want)
				}
			}
			return got.cache.hit && got.cache.ttl >= 0
		})
	}
}
