package handlers

import (
	"strings"
	"testing"
	"time"
)

func TestInAnOutageAColdEdgeServesTheShieldsStaleCopy(t *testing.T) {
	for _, outage := range outages(newEdge(t)) {
		t.Run(outage.name, func(t *testing.T) {
			s, one := staleAtShield(t)
			s.does(outage.answer)
			one.does(outage.answer)
			r := one.get("/posts/tea/", "Origin: https://site.example")
			r.want(200, before, anything)
			r.wantDetail("shield-stale")
			r.wantHeader("Age", "7200")
			r.wantHeader("Cache-Control", "public, max-age=0, stale-if-error=93600")
			one.wantState("stale; ttl=-3600000")
			one.wantSent(1)
			one.wantAsked(1) // directly, since only the shield may be cut off
		})
	}
}

func TestTheShieldsCopyStandsForFiveSeconds(t *testing.T) {
	s, one := staleAtShield(t)
	one.get("/posts/tea/").wantDetail("shield-stale")
	one.forget()
	s.pass(graceTime - time.Millisecond)
	r := one.get("/posts/tea/")
	r.want(200, before, "Larder; hit; ttl=0; detail=shield-stale")
	one.wantSent(0)
	one.wantAsked(0)
	s.pass(time.Millisecond)
	s.says(200, after)
	one.get("/posts/tea/").wantDetail("shield-stale") // the shield asks the origin behind this answer
	one.wantSent(1)
	s.pass(graceTime)
	one.get("/posts/tea/").want(200, after, anything)
	one.wantSent(1)
	one.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3595")
}

func TestAnOriginsAnswerBeatsTheShieldsStaleCopy(t *testing.T) {
	_, one := staleAtShield(t)
	one.says(200, after)
	one.get("/posts/tea/").want(200, after, aMiss)
	one.wantAsked(1)
	one.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
}

func TestTheEdgesOwnStaleCopyIsPreferred(t *testing.T) {
	for name, purge := range map[string]string{"by age": "", "after a soft purge": `"keys":["post:tea"]`} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, testConfig)
			one := s.quietPOP()
			s.says(200, after)
			one.get("/posts/tea/")
			s.pass(2 * time.Hour)
			if purge != "" {
				one.purge(purge)
			}
			s.says(200, before)
			s.get("/posts/tea/").want(200, before, anything)
			s.pass(2 * time.Hour)
			s.fails(errRefused)
			r := one.get("/posts/tea/")
			r.want(200, after, anything)
			r.wantDetail(`"stale-if-error; shield-stale"`)
		})
	}
}

func TestWithoutTheShieldTheOriginsAreAskedDirectly(t *testing.T) {
	s := newService(t, testConfig)
	one := s.quietPOP()
	one.down = true
	one.says(200, before)
	one.get("/posts/tea/").want(200, before, aMiss)
	one.wantAsked(1)
	for range 10 { // after five failures the shield is skipped
		one.get("/posts/?page=" + one.newID())
	}
	one.wantSent(5 + 1) // the first request is another route's
	one.wantAsked(10)
	one.down = false
	s.says(200, milk)
	s.pass(time.Minute)
	one.get("/posts/?page=last").want(200, milk, anything)
	one.wantSent(1)
	one.wantAsked(0)
}

func TestAShieldWithoutAnAnswerKeepsItsCircuitClosed(t *testing.T) {
	s := newService(t, testConfig)
	one := s.quietPOP()
	one.says(200, before)
	for range 10 {
		one.get("/posts/?page="+one.newID()).want(200, before, aMiss)
	}
	one.wantSent(10)
	one.wantState("failed")
	one.wantAsked(10)
}

func TestWithoutAnyAnswerTheProblemIsTheEdges(t *testing.T) {
	s := newService(t, testConfig)
	one := s.quietPOP()
	r := one.get("/posts/tea/", "Origin: https://site.example")
	r.wantProblem(503, "origin-unavailable")
	r.wantHeader("Cache-Status", "Larder; fwd=uri-miss; detail=origin-unreachable")
	r.wantNo("Larder-Shield", "Larder-Shield-Status")
	r.wantHeader("Access-Control-Allow-Origin", "https://site.example")
}

func TestAnErrorOfAnOriginThatSpeaksForItselfComesThrough(t *testing.T) {
	s := newService(t, testConfig)
	one := s.quietPOP()
	s.says(500, "oops")
	one.says(500, "oops")
	one.get("/open/a").want(500, "oops", anything)
	s.says(403, "no")
	one.get("/open/b").want(403, "no", anything)
	one.wantSent(2)
	one.wantAsked(1)
}

func TestTheShieldsStaleCopyValidatesAnEntryThatIsTooOld(t *testing.T) {
	s := newService(t, strings.Replace(testConfig, `"stale_if_error": "1d"`, `"stale_if_error": "20m"`, 1))
	one := s.quietPOP()
	s.says(200, before, `ETag: "a"`)
	one.get("/posts/tea/").want(200, before, anything)
	s.pass(30 * time.Minute)
	s.purge(`"keys":["post:tea"]`)
	s.says(304, "", `ETag: "a"`)
	s.get("/posts/tea/").want(200, before, anything) // the shield renews its own entry
	s.pass(65 * time.Minute)                         // past the edge's windows, but not past the shield's
	s.fails(errRefused)
	r := one.get("/posts/tea/")
	r.want(200, before, anything)
	r.wantDetail("shield-stale")
	if got := one.got[len(one.got)-1].Status; got != 304 {
		t.Errorf("the shield's status is %d", got)
	}
}

func TestWhereTheShieldsCopyIsRefusedTheOriginsErrorIsServed(t *testing.T) {
	s := newService(t, testConfig)
	one := s.newPOP() // which knows of no quiet period
	s.says(200, before, "Cache-Control: max-age=60, stale-if-error=600")
	s.get("/open/a").want(200, before, anything)
	s.pass(2 * time.Minute)
	s.fails(errRefused)
	one.says(503, "closed for stocktaking", "Retry-After: 40")
	r := one.get("/open/a")
	r.want(503, "closed for stocktaking", anything)
	r.wantHeader("Retry-After", "40")
}
