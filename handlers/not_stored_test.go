package handlers

import (
	"strings"
	"testing"
	"time"
)

func TestAnAnswerThatMayNotBeSharedIsNotStored(t *testing.T) {
	tests := []struct {
		name   string
		status int
		lines  []string
	}{
		{"private", 200, []string{"Cache-Control: private"}},
		{"no-store", 200, []string{"Cache-Control: no-store"}},
		{"a cookie", 200, []string{"Set-Cookie: a=b"}},
		{"Vary: *", 200, []string{"Vary: *"}},
		{"401", 401, nil},
		{"403", 403, nil},
		{"a 400", 400, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.says(test.status, before, test.lines...)
			first := e.get("/posts/tea/")
			first.want(test.status, before, anything)
			if strings.Contains(first.header.Get("Cache-Status"), "; stored") {
				t.Errorf("Cache-Status is %q", first.header.Get("Cache-Status"))
			}
			e.says(test.status, after, test.lines...)
			e.get("/posts/tea/").want(test.status, after, anything)
			e.wantAsked(2)
			e.pass(passTime)
			e.says(200, before)
			e.get("/posts/tea/").want(200, before, "Larder; fwd=uri-miss; fwd-status=200; stored")
			e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
			e.wantAsked(1)
		})
	}
}

func TestAnAnswerThatIsNotStoredLeavesTheEntryForAnOutage(t *testing.T) {
	for name, answer := range map[string]struct {
		status int
		line   string
	}{
		"a redirection to a maintenance page": {302, "Location: /maintenance/"},
		"another one":                         {307, "Location: /maintenance/"},
		"a page with a cookie":                {200, "Set-Cookie: a=b"},
		"a page that may not be stored":       {200, "Cache-Control: no-store"},
		"a refusal":                           {403, "X: y"},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.fill("/posts/tea/", before)
			e.pass(2 * time.Hour)
			e.says(answer.status, after, answer.line)
			e.get("/posts/tea/").want(answer.status, after, anything)
			e.fails(errRefused)
			e.get("/posts/tea/").want(200, before, anything)
		})
	}
}

func TestAnAnswerThatIsNotStoredExpiresTheEntryOnce(t *testing.T) {
	for _, test := range []struct {
		name   string
		age    time.Duration
		purges int
	}{
		{"fresh", time.Minute, 0},
		{"in its stale-while-revalidate window", time.Hour + 30*time.Second, 1},
		{"past it", 2 * time.Hour, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.fill("/posts/tea/", before)
			counted := countedPurges{e.spy, map[string]int{}}
			e.useCache(counted)
			e.pass(test.age)
			e.says(302, "", "Location: /login/")
			for range 20 {
				e.get("/posts/tea/")
				e.pass(passTime)
			}
			total := 0
			for _, n := range counted.of {
				total += n
			}
			if total != test.purges {
				t.Errorf("%d purges: %v", total, counted.of)
			}
		})
	}
}

func TestARefusalLeavesTheEntryForAnOutage(t *testing.T) {
	e := newEdge(t)
	e.fill("/posts/tea/", before)
	e.purge(`"keys":["post:tea"]`)
	e.says(403, `{"detail":"no"}`)
	e.get("/posts/tea/").want(403, `{"detail":"no"}`, anything)
	e.pass(passTime)
	e.fails(errRefused)
	e.get("/posts/tea/").want(200, before, anything)
}

// A 304 can say that the content may no longer be shared.
func TestA304ThatForbidsStoringRemovesTheEntry(t *testing.T) {
	for _, forbids := range []string{"Cache-Control: private", "Cache-Control: no-store"} {
		t.Run(forbids, func(t *testing.T) {
			e := newEdge(t)
			e.says(200, before, `Etag: "v1"`)
			e.get("/posts/tea/")
			e.pass(2 * time.Hour)
			e.says(304, "", forbids)
			e.get("/posts/tea/").want(200, before, anything)
			e.fails(errRefused)
			e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
		})
	}
}
