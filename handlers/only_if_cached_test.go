package handlers

import (
	"testing"
	"time"
)

func TestOnlyIfCached(t *testing.T) {
	const only = "Cache-Control: only-if-cached"
	tests := []struct {
		name, uri string
		age       time.Duration // negative: nothing is stored
		line      string
		status    int
		asked     int
	}{
		{"the entry is fresh", "/open/a", time.Second, only, 200, 0},
		{"nothing is stored", "/open/a", -1, only, 504, 0},
		{"the entry is stale", "/open/a", 2 * time.Minute, only, 504, 0},
		{"max-stale does not help: the entry may have been purged", "/open/a", 70 * time.Second, only + ", max-stale=60", 504, 0},
		{"the fresh entry is too old for the client", "/open/a", 30 * time.Second, only + ", max-age=10", 504, 0},
		{"the operator decides the lifetime, so it has no meaning", "/posts/tea/", -1, only, 200, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.says(200, before, aMinute)
			if test.age >= 0 {
				e.get(test.uri).want(200, before, anything)
				e.wantAsked(1)
				e.pass(test.age)
			}
			r := e.get(test.uri, test.line)
			e.wantAsked(test.asked)
			if test.status == 504 {
				r.wantProblem(504, "not-cached")
				r.wantHeader("Cache-Status", "Larder; detail=only-if-cached")
				return
			}
			r.want(test.status, before, anything)
		})
	}
}

// RFC 9111 §5.2.1.7.
func TestOnlyIfCachedAsksNoOrigin(t *testing.T) {
	t.Run("where a part is stored", func(t *testing.T) {
		e := newEdge(t)
		e.storePart("bytes=0-9", strongTag)
		e.get("/open/a", "Cache-Control: only-if-cached").wantProblem(504, "not-cached")
		e.wantAsked(0)
	})
	t.Run("where an answer may not be shared", func(t *testing.T) {
		e := newEdge(t)
		e.says(200, "text", "Cache-Control: private")
		e.get("/open/a")
		e.wantAsked(1)
		e.get("/open/a", "Cache-Control: only-if-cached").wantProblem(504, "not-cached")
		e.wantAsked(0)
	})
}
