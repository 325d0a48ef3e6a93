package handlers

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder/origin"
)

// Whatever the origin says to one client's headers on a route that passes all of
// them, another client's request is answered by itself.
func TestOneClientsHeadersDoNotDecideForOthers(t *testing.T) {
	tests := []struct {
		name   string
		status int
		line   string
	}{
		{"an error", 500, "X: y"},
		{"an error that asks for time", 503, "Retry-After: 60"},
		{"a 404", 404, "X: y"},
		{"a private answer", 200, "Cache-Control: private"},
		{"a redirection for the client alone", 302, "Location: /login"},
	}
	states := []struct {
		name    string
		stored  bool
		prepare func(*edge)
	}{
		{"with nothing stored", false, func(*edge) {}},
		{"with a stale entry", true, func(e *edge) { e.pass(10 * time.Minute) }},
		{"with an entry that a purge made stale", true, func(e *edge) { e.purge(`"all":true`) }},
	}
	for _, test := range tests {
		for _, state := range states {
			t.Run(test.name+" "+state.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					e := newEdge(t)
					if state.stored {
						e.says(200, "old", aMinute)
						e.get("/open/a").want(200, "old", "Larder; fwd=uri-miss; fwd-status=200; stored")
						e.pass(landingTime)
					}
					state.prepare(e)
					open := make(chan struct{})
					e.does(func(r *origin.Request) (*origin.Response, error) {
						if r.Header.Get("X-Evil") != "" {
							<-open
							return e.response(test.status, "evil", test.line), nil
						}
						return e.response(200, "good", "Cache-Control: max-age=1"), nil
					})
					var evil, during sync.WaitGroup
					evil.Go(func() { e.get("/open/a", "X-Evil: 1") })
					synctest.Wait()
					during.Go(func() { e.get("/open/a").want(200, "good", anything) })
					synctest.Wait()
					close(open)
					evil.Wait()
					during.Wait()
					e.pass(2 * time.Second)
					e.get("/open/a").want(200, "good", anything)
				})
			})
		}
	}
}

func TestRequestsWithTheSameHeadersShareAFlight(t *testing.T) {
	tests := []struct {
		name  string
		lines func(i int) []string
		asked int
	}{
		{"the same", func(int) []string { return []string{"User-Agent: a"} }, 1},
		{"others that the edge answers", func(i int) []string {
			return []string{"User-Agent: a", "If-None-Match: " + `"` + string(rune('a'+i)) + `"`}
		}, 1},
		{"others that are removed", func(i int) []string {
			return []string{"User-Agent: a", "X-Forwarded-For: 192.0.2." + string(rune('1'+i))}
		}, 1},
		{"others", func(i int) []string { return []string{"User-Agent: " + string(rune('a'+i))} }, 5},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t)
				open := make(chan struct{})
				e.does(func(*origin.Request) (*origin.Response, error) {
					<-open
					return e.response(200, "text", aMinute), nil
				})
				var all sync.WaitGroup
				for i := range 5 {
					all.Go(func() { e.get("/open/a", test.lines(i)...).want(200, "text", anything) })
				}
				synctest.Wait()
				close(open)
				all.Wait()
				e.wantAsked(test.asked)
			})
		})
	}
}

// Whoever has been served a stale entry does not depend on its revalidation.
func TestOneRequestRenewsAnEntryBehindAnswersToAnyHeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t)
		lines := []string{"Cache-Control: max-age=60, stale-while-revalidate=60", `Etag: "1"`}
		e.says(200, "text", lines...)
		e.get("/open/a").want(200, "text", anything)
		e.wantAsked(1)
		e.pass(90 * time.Second)
		open := make(chan struct{})
		e.does(func(*origin.Request) (*origin.Response, error) {
			<-open
			return e.response(304, "", lines...), nil
		})
		var all sync.WaitGroup
		for i := range 5 {
			all.Go(func() { e.get("/open/a", "User-Agent: "+string(rune('a'+i))).want(200, "text", "Larder; hit; ttl=-30") })
		}
		synctest.Wait()
		close(open)
		all.Wait()
		e.wantAsked(1)
		e.get("/open/a", "User-Agent: f").want(200, "text", "Larder; hit; ttl=60")
	})
}
