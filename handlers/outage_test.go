package handlers

import (
	"strings"
	"testing"
	"time"

	"larder/origin"
)

func TestWhileTheOriginFailsTheStoredAnswerIsServed(t *testing.T) {
	states := []struct {
		name   string
		age    func(e *edge)
		purged bool
	}{
		{"after a purge", func(e *edge) { e.purge(`"keys":["post:tea"]`) }, true},
		{"by age", func(e *edge) { e.pass(2 * time.Hour) }, false},
		{"after a purge and by age", func(e *edge) { e.purge(`"keys":["post:tea"]`); e.pass(2 * time.Hour) }, true},
	}
	for _, state := range states {
		for _, outage := range outages(newEdge(t)) {
			t.Run(outage.name+" "+state.name, func(t *testing.T) {
				e := newEdge(t)
				e.fill("/posts/tea/", before)
				state.age(e)
				e.does(outage.answer)
				r := e.get("/posts/tea/")
				r.want(200, before, anything)
				status := r.header.Get("Cache-Status")
				if !strings.HasPrefix(status, "Larder; fwd=stale;") || !strings.Contains(status, "stale-if-error; "+outage.detail) {
					t.Errorf("Cache-Status is %q", status)
				}
				e.wantAsked(1)
				t.Run("and the origin is not asked while the negative entry stands", func(t *testing.T) {
					e.pass(outage.backoff(1) - time.Millisecond)
					e.get("/posts/tea/").want(200, before, anything)
					e.wantAsked(0)
					e.pass(time.Millisecond)
					e.get("/posts/tea/").want(200, before, anything)
					e.wantAsked(1)
				})
				t.Run("and the new content is served once the origin is back", func(t *testing.T) {
					e.pass(outage.backoff(2))
					e.says(200, after)
					if !state.purged { // the origin is asked after this answer
						e.get("/posts/tea/").want(200, before, anything)
					}
					e.get("/posts/tea/").want(200, after, anything)
					e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
					e.wantAsked(1)
				})
			})
		}
	}
}

func TestAnOutageWithNothingStored(t *testing.T) {
	for _, outage := range outages(newEdge(t)) {
		t.Run(outage.name, func(t *testing.T) {
			e := newEdge(t)
			e.does(outage.answer)
			for range 3 {
				r := e.get("/posts/tea/", "Origin: https://site.example")
				r.wantProblem(503, "origin-unavailable")
				r.wantHeader("Retry-After", "1")
				r.wantHeader("Access-Control-Allow-Origin", "https://site.example")
				if !strings.Contains(r.header.Get("Cache-Status"), outage.detail) {
					t.Errorf("Cache-Status is %q", r.header.Get("Cache-Status"))
				}
			}
			e.wantAsked(1)
			e.pass(firstBackoff)
			e.says(200, before)
			e.get("/posts/tea/").want(200, before, "Larder; fwd=uri-miss; fwd-status=200; stored")
			e.wantAsked(1)
		})
	}
}

func TestAnAnswerThatMayNotBeStaleIsNotServedInAnOutage(t *testing.T) {
	for name, test := range map[string]struct {
		line string
		age  time.Duration
	}{
		"must-revalidate":     {"Cache-Control: must-revalidate", 2 * time.Hour},
		"proxy-revalidate":    {"Cache-Control: proxy-revalidate", 2 * time.Hour},
		"past stale-if-error": {"X: y", 25*time.Hour + time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.says(200, before, test.line)
			e.get("/posts/tea/").want(200, before, anything)
			e.pass(test.age)
			e.fails(errRefused)
			e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
		})
	}
}

func TestAStaleAnswerIsStillConditionalAndRanged(t *testing.T) {
	e := newEdge(t)
	e.fill("/posts/tea/", before)
	etag := e.get("/posts/tea/").header.Get("Etag")
	e.pass(2 * time.Hour)
	e.fails(errRefused)
	e.get("/posts/tea/", "If-None-Match: "+etag).want(304, "", anything)
	e.get("/posts/tea/", "Range: bytes=0-3").want(206, before[:4], anything)
	head := e.request("HEAD", "/posts/tea/", "")
	head.want(200, "", anything)
	head.wantHeader("Age", "7200")
}

func TestWhereTheOriginDecidesItsErrorsReachTheClient(t *testing.T) {
	e := newEdge(t)
	e.says(500, "oops", "Content-Type: text/plain")
	e.get("/open/a").want(500, "oops", anything)
	e.says(200, "a page", "Content-Type: text/html", "Cache-Control: max-age=60, stale-if-error=600")
	e.pass(passTime)
	e.get("/open/a").want(200, "a page", "Larder; fwd=uri-miss; fwd-status=200; stored")
	e.pass(2 * time.Minute)
	e.says(500, "oops")
	e.get("/open/a").want(200, "a page", anything)
}

// One URL alone opens no circuit, so its failures may take as long as a timeout
// each time. The first request waits, and none after it.
func TestASlowFailureIsWaitedForOnce(t *testing.T) {
	e := newEdge(t)
	e.fill("/posts/tea/", before)
	e.pass(2 * time.Hour)
	slowly := func(answer script) script {
		return func(req *origin.Request) (*origin.Response, error) {
			e.pass(10 * time.Second)
			return answer(req)
		}
	}
	timeout := func(*origin.Request) (*origin.Response, error) { return nil, errTimeout }
	e.does(slowly(timeout))
	waits := func() bool {
		t.Helper()
		began := len(e.asked)
		r := e.get("/posts/tea/")
		r.want(200, before, anything)
		if !strings.HasSuffix(r.header.Get("Cache-Status"), `detail="stale-if-error; origin-timeout"`) {
			t.Errorf("Cache-Status is %s", r.header.Get("Cache-Status"))
		}
		return r.closedAt != began // else the answer ended before the origin was asked
	}
	if !waits() {
		t.Error("the first request did not wait")
	}
	for range 30 { // each failure is remembered for a minute
		e.pass(50 * time.Second)
		if waits() {
			t.Error("a later request has waited")
		}
	}
	e.pass(50 * time.Second)
	e.does(slowly(func(*origin.Request) (*origin.Response, error) { return e.response(200, after), nil }))
	e.get("/posts/tea/").want(200, before, anything)
	e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")

	e.pass(10 * time.Second)
	e.purge(`"keys":["post:tea"]`)
	before := after
	e.does(slowly(timeout))
	for range 2 {
		asked := len(e.asked)
		r := e.get("/posts/tea/")
		r.want(200, before, anything)
		if r.closedAt == asked {
			t.Error("a purged entry is served before the origin was asked")
		}
		e.pass(2 * time.Second)
	}
}
