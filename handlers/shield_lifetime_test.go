package handlers

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAnEdgesEntryExpiresWithTheShields(t *testing.T) {
	s := newService(t, testConfig)
	one, two := s.quietPOP(), s.quietPOP()
	s.says(200, before)
	one.get("/posts/tea/")
	s.pass(40*time.Minute + 500*time.Millisecond)
	r := two.get("/posts/tea/")
	r.want(200, before, anything)
	r.wantHeader("Age", "2400")
	two.get("/posts/tea/").want(200, before, "Larder; hit; ttl=1199")
	s.pass(19 * time.Minute)
	two.get("/posts/tea/").want(200, before, "Larder; hit; ttl=59")
	s.pass(2 * time.Minute) // past stale-while-revalidate of both
	s.wantAsked(1)
	s.says(200, after)
	two.get("/posts/tea/").want(200, after, anything)
	s.wantAsked(1)
	one.get("/posts/tea/").want(200, after, anything)
	s.wantAsked(0)
}

// If the operator sets a lifetime of zero, the stale window must not begin anew
// in every POP.
func TestAnEdgesStaleWindowEndsWithTheShields(t *testing.T) {
	file := strings.Replace(testConfig, `"ttl": "1h"`, `"ttl": "0s"`, 1)
	s := newService(t, strings.Replace(file, `"stale_if_error": "1d"`, `"stale_if_error": "0s"`, 1))
	one, two := s.quietPOP(), s.quietPOP()
	s.says(200, before)
	one.get("/posts/tea/")
	s.pass(50 * time.Second)
	s.fails(errRefused)
	two.get("/posts/tea/").want(200, before, anything)
	s.says(200, after)
	s.pass(20 * time.Second)
	two.get("/posts/tea/").want(200, after, anything)
}

func TestWhatTheShieldHasStaleTheEdgeHasStale(t *testing.T) {
	s := newService(t, testConfig)
	one, two := s.quietPOP(), s.quietPOP()
	s.says(200, before)
	one.get("/posts/tea/")
	s.pass(time.Hour + 30*time.Second) // inside the window
	s.says(200, after)
	two.get("/posts/tea/").want(200, before, "Larder; hit; ttl=-30, "+aMiss)
	two.wantState("usable; ttl=-30000")
	s.pass(landingTime)
	two.get("/posts/tea/").want(200, before, "Larder; hit; ttl=-31") // and is revalidated afterwards
	two.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3599")
	two.wantSent(2)
}

// An edge stores the shield's answer as it would store the origin's.
func TestWhereTheOriginDecidesTheShieldChangesNothing(t *testing.T) {
	for name, lines := range map[string][]string{
		"max-age":                       {"Cache-Control: max-age=60"},
		"s-maxage":                      {"Cache-Control: s-maxage=60, max-age=5"},
		"Surrogate-Control":             {"Surrogate-Control: max-age=60", "Cache-Control: max-age=5"},
		"CDN-Cache-Control":             {"CDN-Cache-Control: max-age=60", "Cache-Control: no-store"},
		"Surrogate-Control of no-store": {"Surrogate-Control: no-store", "Cache-Control: max-age=60"},
		"Expires":                       {"Expires: Mon, 23 Nov 2026 12:05:00 GMT"},
		"no-store":                      {"Cache-Control: no-store"},
		"private":                       {"Cache-Control: private, max-age=60"},
		"private for a field":           {`Cache-Control: max-age=60, private="X-User"`, "X-User: ada"},
		"no-cache":                      {"Cache-Control: no-cache", `ETag: "a"`},
		"must-revalidate":               {"Cache-Control: max-age=60, must-revalidate"},
		"stale-if-error":                {"Cache-Control: max-age=60, stale-if-error=600"},
		"stale-while-revalidate":        {"Cache-Control: max-age=60, stale-while-revalidate=600"},
		"an age":                        {"Cache-Control: max-age=60", "Age: 20"},
		"heuristics":                    {"Last-Modified: Mon, 16 Nov 2026 12:00:00 GMT"},
		"nothing":                       {"X-Y: z"},
		"a cookie":                      {"Cache-Control: max-age=60", "Set-Cookie: a=b"},
		"forever":                       {"Cache-Control: max-age=4294967296"},
		"a cache of the origin's":       {"Cache-Control: max-age=60", "Cache-Status: Origin; hit"},
		"nearly everything":             {"Cache-Control: max-age=60", "Vary: Accept-Language, Accept-Encoding", "Surrogate-Key: a b", "Link: </a>; rel=next"},
	} {
		t.Run(name, func(t *testing.T) {
			alone, s := newEdge(t), newService(t, testConfig)
			one := s.quietPOP()
			alone.pass(one.clock().Sub(alone.clock()))
			alone.says(200, "text", lines...)
			s.says(200, "text", lines...)
			steps := []struct {
				what string
				step func(*edge)
			}{
				{"at first", func(*edge) {}},
				{"the second time", func(*edge) {}},
				{"half a minute later", func(e *edge) { e.pass(30 * time.Second) }},
				{"a minute later, in an outage", func(e *edge) { e.pass(time.Minute); e.fails(errRefused) }},
			}
			for i, step := range steps {
				step.step(alone)
				step.step(s.edge)
				if i >= 2 { // the edge's clock goes with the shield's
					one.pass(s.clock().Sub(one.clock()))
				}
				want, got := alone.get("/open/a"), one.get("/open/a")
				if got.status != want.status || got.status == 200 && got.body != want.body {
					t.Errorf("%s: got %d %q, want %d %q", step.what, got.status, got.body, want.status, want.body)
				}
				for _, h := range []http.Header{want.header, got.header} {
					// A miss has the shield's member too.
					if member := h["Cache-Status"]; !strings.HasPrefix(member[len(member)-1], "Larder; hit") {
						h["Cache-Status"] = nil
					}
				}
				for field := range want.header {
					if a, b := want.header[field], got.header[field]; !slices.Equal(a, b) && want.status == 200 {
						t.Errorf("%s: %s is %q, not %q", step.what, field, b, a)
					}
				}
				for field := range got.header {
					if _, ok := want.header[field]; !ok && want.status == 200 {
						t.Errorf("%s: %s is %q", step.what, field, got.header[field])
					}
				}
			}
		})
	}
}

func TestWhereTheOriginDecidesAgesAddUp(t *testing.T) {
	for _, line := range []string{"Cache-Control: max-age=60", "Surrogate-Control: max-age=60"} {
		s := newService(t, testConfig)
		one, two := s.quietPOP(), s.quietPOP()
		s.says(200, "text", line, `ETag: "a"`)
		one.get("/open/a")
		s.pass(20 * time.Second)
		r := two.get("/open/a")
		r.want(200, "text", anything)
		r.wantHeader("Age", "20")
		two.get("/open/a").want(200, "text", "Larder; hit; ttl=40")
	}
}

func TestAClientsLimitOnAgeReachesTheOrigin(t *testing.T) {
	s := newService(t, testConfig)
	one, two := s.quietPOP(), s.quietPOP()
	s.says(200, "old", "Cache-Control: max-age=60")
	one.get("/open/a")
	s.says(200, "new", "Cache-Control: max-age=60")
	two.get("/open/a", "Cache-Control: no-cache").want(200, "new", anything)
	two.wantFresh(true)
	s.says(200, before)
	one.get("/posts/tea/", "Cache-Control: no-cache") // where the operator decides
	one.wantFresh(false)
}
