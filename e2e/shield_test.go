package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// shielded is a shield and two edges that send it their misses, each with a
// cache of its own, in front of one origin.
type shielded struct {
	near, far, shield edge
	origin            *scriptedOrigin
	probes            *int // how many paths quiet has tried
}

func newShielded(t *testing.T) shielded {
	t.Helper()
	s := shielded{origin: startOrigin(t), probes: new(int)}
	wasm := build(t, "testdata/shield.json")
	start := func(site any) edge {
		return startOwn(t, wasm, map[string]string{"primary": s.origin.url()}, func(server map[string]any) {
			delete(server["backends"].(map[string]any), "standby")
			server["shielding_sites"] = map[string]any{"frankfurt-de": site}
		})
	}
	s.shield = start("Local")
	away := map[string]any{"encrypted": s.shield.URL(), "unencrypted": s.shield.URL()}
	s.near, s.far = start(away), start(away)
	return s
}

// quiet waits until an edge accepts stored answers from the shield, which it does
// not do for a while after a purge.
func (s shielded) quiet(t *testing.T, e edge) {
	t.Helper()
	eventually(t, "the edge accepts the shield's stored answers", func() bool {
		*s.probes++
		path := fmt.Sprintf("/things/quiet-%d/", *s.probes)
		s.origin.script(path, respond(thing("quiet", "Quiet.")))
		s.shield.get(t, path).wantFetched(t)
		e.get(t, path).wantFetched(t)
		return len(s.origin.requests(path)) == 1
	})
}

func TestShielding(t *testing.T) {
	s := newShielded(t)
	t.Run("misses go through it", s.missesGoThroughTheShield)
	t.Run("a purge that has not reached it counts at the edge", s.aPurgeThatHasNotReachedTheShieldCountsAtTheEdge)
	t.Run("an edge accepts its stored answers once a purge must have reached it", s.theShieldIsAskedAgainOnceThePurgeMustHaveReachedIt)
	t.Run("its copy is served if the origin fails", s.theShieldsCopyStandsInForAnOriginThatFails)
	t.Run("it trusts no other client as an edge", s.noOtherClientIsTrustedAsAnEdge)
	t.Run("the origin's own word counts through it", s.theOriginsOwnWordCountsThroughTheShield)
	t.Run("an edge asks the origin if the shield is gone", s.anEdgeWhoseShieldIsGoneAsksTheOrigin)
}

func (s shielded) missesGoThroughTheShield(t *testing.T) {
	const path = "/things/tea/"
	s.origin.script(path, respond(thing("tea", "Tea.")))
	s.quiet(t, s.near)
	s.quiet(t, s.far)

	first := s.near.get(t, path, with("Origin", "https://shop.example")).wantFetched(t)
	if first.cache.members != 2 || !strings.Contains(first.header.Values("Cache-Status")[0], "fwd=uri-miss") {
		t.Errorf("Cache-Status has not the shield's member first: %v", first)
	}
	if got := s.far.get(t, path).wantFetched(t); !strings.Contains(got.header.Values("Cache-Status")[0], "Larder; hit") {
		t.Errorf("the second edge's miss is no hit at the shield: %v", got)
	}
	hit := s.near.get(t, path, with("Origin", "https://shop.example")).wantHit(t)
	if hit.cache.members != 1 {
		t.Errorf("a hit shows how the shield once answered: %v", hit)
	}
	if n := len(s.origin.requests(path)); n != 1 {
		t.Errorf("the origin received %d requests, want one", n)
	}
	for name, got := range map[string]answer{"the miss": first, "the hit": hit} {
		for _, field := range []string{"Larder-Shield", "Larder-Shield-Status", "Surrogate-Key"} {
			if got.header.Get(field) != "" {
				t.Errorf("%s shows the client %s: %v", name, field, got.header)
			}
		}
		if !strings.HasPrefix(got.header.Get("Cache-Control"), "public, max-age=0, stale-if-error=") || got.header.Get("Access-Control-Allow-Origin") != "https://shop.example" {
			t.Errorf("%s has not the operator's header: %v", name, got.header)
		}
	}
	if got := s.origin.requests(path)[0]; got.Header.Get("Larder-Edge") != "" || got.Header.Get("Cdn-Loop") == "" || got.Host != "primary.example" {
		t.Errorf("the origin gets %v for %s", got.Header, got.Host)
	}
	status := s.near.status(t)
	if len(status.Origins) != 2 || status.Origins[0].Name != "shield" || status.Origins[0].state() != "closed" {
		t.Errorf("the status page shows %+v", status.Origins)
	}
	if status.Shield == nil || status.Shield.Site != "frankfurt-de" || status.Shield.Here || status.Shield.Error != "" {
		t.Errorf("the edge's status page shows %+v", status.Shield)
	}
	if at := s.shield.status(t).Shield; at == nil || !at.Here {
		t.Errorf("the shield's status page shows %+v", at)
	}
}

func (s shielded) aPurgeThatHasNotReachedTheShieldCountsAtTheEdge(t *testing.T) {
	for _, purge := range []string{`{"keys":["thing:tea"]}`, `{"keys":["thing:tea"],"soft":false}`} {
		t.Run(purge, func(t *testing.T) {
			for _, warm := range []bool{true, false} {
				path, list := "/things/tea/", "/things/"
				s.shield.empty(t)
				s.near.empty(t)
				s.origin.script(path, respond(thing("tea", "Old.")))
				s.origin.script(list, respond(thing("tea", "Old.")))
				s.quiet(t, s.near)
				for _, p := range []string{path, list} {
					s.shield.get(t, p).wantFetched(t)
					if warm {
						s.near.get(t, p).wantFetched(t)
					}
				}
				s.origin.script(path, respond(thing("tea", "New.")))
				s.origin.script(list, respond(thing("tea", "New.")))
				for purged, e := range []edge{s.near, s.shield} {
					if got := e.purge(t, purge); got.status != http.StatusOK {
						t.Fatal(got)
					}
					for range 2 {
						for _, p := range []string{path, list} {
							if got := s.near.get(t, p); string(got.body) != thing("tea", "New.") {
								t.Errorf("%s (at the edge before: %t, purged at %d of the two) is %v", p, warm, purged+1, got)
							}
						}
					}
				}
			}
		})
	}
}

func (s shielded) theShieldIsAskedAgainOnceThePurgeMustHaveReachedIt(t *testing.T) {
	s.quiet(t, s.near)
	if got := s.near.purge(t, `{"keys":["thing:none"]}`); got.status != http.StatusOK {
		t.Fatal(got)
	}
	const path = "/things/milk/"
	s.origin.script(path, respond(thing("milk", "Milk.")))
	s.shield.get(t, path).wantFetched(t)
	s.near.get(t, path).wantFetched(t)
	if n := len(s.origin.requests(path)); n != 2 {
		t.Errorf("the origin received %d requests just after a purge, want one from the edge and one from the shield", n)
	}
	s.quiet(t, s.near)
}

func (s shielded) anEdgeWhoseShieldIsGoneAsksTheOrigin(t *testing.T) {
	const path = "/things/direct/"
	s.origin.script(path, respond(thing("tea", "Tea.")))
	if err := s.shield.Close(); err != nil {
		t.Fatal(err)
	}
	if got := s.near.get(t, path).wantFetched(t); string(got.body) != thing("tea", "Tea.") || got.cache.members != 1 {
		t.Errorf("the answer is %v", got)
	}
	s.near.get(t, path).wantHit(t)
}

func (s shielded) theShieldsCopyStandsInForAnOriginThatFails(t *testing.T) {
	const tea, milk = "/things/tea-in-an-outage/", "/things/milk-in-an-outage/"
	s.origin.script(tea, respond(thing("tea", "Tea.")))
	s.origin.script(milk, respond(thing("milk", "Milk.")))
	s.quiet(t, s.near)
	s.shield.get(t, tea).wantFetched(t)
	s.shield.get(t, milk).wantFetched(t)
	// The shield has stale copies, and the edge has none.
	if got := s.shield.purge(t, `{"keys":["thing:tea-in-an-outage","thing:milk-in-an-outage"]}`); got.status != http.StatusOK {
		t.Fatal(got)
	}
	s.origin.script(tea, status(http.StatusServiceUnavailable))
	s.origin.script(milk, status(http.StatusServiceUnavailable))

	got := s.near.get(t, tea)
	if got.status != http.StatusOK || string(got.body) != thing("tea", "Tea.") || got.cache.detail != "shield-stale" {
		t.Errorf("the cold edge has %v", got)
	}
	before := s.origin.requestCount()
	if again := s.near.get(t, tea); again.status != http.StatusOK || !again.cache.hit || s.origin.requestCount() != before {
		t.Errorf("the copy is not stored briefly: %v", again)
	}
	// The edge knows of a deletion that has not reached the shield yet.
	if got := s.near.purge(t, `{"keys":["thing:milk-in-an-outage"],"soft":false}`); got.status != http.StatusOK {
		t.Fatal(got)
	}
	s.near.get(t, milk).wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")

	s.origin.script(tea, respond(thing("tea", "New tea.")))
	eventually(t, "the edge has what the origin says", func() bool {
		return string(s.near.get(t, tea).body) == thing("tea", "New tea.")
	})
}

func (s shielded) noOtherClientIsTrustedAsAnEdge(t *testing.T) {
	const path = "/things/guarded/"
	s.origin.script(path, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Surrogate-Key", "inner")
		w.Header().Set("Surrogate-Control", "max-age=60")
		respond(thing("tea", "Tea."))(w, r)
	})
	s.shield.get(t, path).wantFetched(t)
	for _, token := range []string{"; fresh", "guess; fresh", purgeToken + "; fresh", purgeToken} {
		got := s.shield.get(t, path, with("Larder-Edge", token)).wantHit(t)
		for _, field := range []string{"Larder-Shield", "Surrogate-Key", "Surrogate-Control"} {
			if got.header.Get(field) != "" {
				t.Errorf("%q shows %s: %v", token, field, got.header)
			}
		}
	}
	if n := len(s.origin.requests(path)); n != 1 {
		t.Errorf("the origin received %d requests, want one", n)
	}
}

func (s shielded) theOriginsOwnWordCountsThroughTheShield(t *testing.T) {
	s.quiet(t, s.near)
	const path = "/open/doc"
	s.origin.script(path, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=5")
		w.Header().Set("Surrogate-Control", "max-age=600")
		w.Header().Set("Vary", "Accept-Language")
		respond("in "+r.Header.Get("Accept-Language"))(w, r)
	})
	for _, language := range []string{"de", "en"} {
		s.shield.get(t, path, with("Accept-Language", language)).wantFetched(t)
		for i := range 2 {
			got := s.near.get(t, path, with("Accept-Language", language))
			if string(got.body) != "in "+language || got.cache.hit != (i == 1) || got.header.Get("Cache-Control") != "max-age=5" || got.header.Get("Surrogate-Control") != "" {
				t.Errorf("%s, request %d: %v %v", language, i+1, got, got.header)
			}
			if i == 1 && got.cache.ttl < 500 {
				t.Errorf("the edge does not obey Surrogate-Control: %v", got)
			}
		}
	}
	if n := len(s.origin.requests(path)); n != 2 {
		t.Errorf("the origin received %d requests, want one for each language", n)
	}
}
