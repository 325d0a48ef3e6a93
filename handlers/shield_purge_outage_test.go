package handlers

import (
	"strings"
	"testing"
	"time"

	"larder/resource"
)

func TestAfterAPurgeTheShieldsStaleCopyIsNotUsed(t *testing.T) {
	for _, test := range []struct {
		name    string
		members string
		after   time.Duration
		copied  bool
	}{
		{"a soft purge", `"keys":["post:tea"]`, 0, false},
		{"a hard purge", `"keys":["post:tea"],"soft":false`, 0, false},
		{"a hard purge of everything", `"all":true,"soft":false`, 0, false},
		{"a purge of another item", `"keys":["post:other"]`, 0, false},
		{"a soft purge, until the purge delay is over", `"keys":["post:tea"]`, 10*time.Second - 1, false},
		{"a hard purge, until the purge delay is over", `"keys":["post:tea"],"soft":false`, 10*time.Second - 1, false},
		{"a soft purge that has reached the shield", `"keys":["post:other"]`, 10 * time.Second, true},
		{"a hard purge that has reached the shield", `"keys":["post:other"],"soft":false`, 10 * time.Second, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, one := staleAtShield(t)
			one.purge(test.members)
			one.get("/posts/other/") // begins a quiet period
			s.pass(test.after)
			r := one.get("/posts/tea/")
			if !test.copied {
				r.wantProblem(503, "origin-unavailable")
				r.wantDetail("shield-stale")
				return
			}
			r.want(200, before, anything)
			r.wantDetail("shield-stale")
		})
	}
}

func TestAfterAnUnsafeRequestTheShieldsStaleCopyIsNotUsed(t *testing.T) {
	for _, method := range []string{"DELETE", "PUT"} {
		t.Run(method, func(t *testing.T) {
			_, one := staleAtShield(t)
			one.says(204, "")
			one.request(method, "/posts/tea/", "").want(204, "", anything)
			one.fails(errRefused)
			one.get("/posts/tea/").wantProblem(503, "origin-unavailable")
		})
	}
}

// A soft purge after a hard one must not bring the deleted item back.
func TestASecondPurgeProlongsTheDistrust(t *testing.T) {
	s, one := staleAtShield(t)
	one.purge(`"keys":["post:tea"],"soft":false`)
	one.get("/posts/other/")
	s.pass(5 * time.Second)
	one.purge(`"keys":["post:other"]`)
	one.get("/posts/tea/").wantProblem(503, "origin-unavailable")
	s.pass(9 * time.Second)
	one.get("/posts/tea/").wantProblem(503, "origin-unavailable")
}

func TestAPurgeRemovesTheShieldsStaleCopyFromTheEdge(t *testing.T) {
	for name, members := range map[string]string{
		"hard": `"keys":["post:tea"],"soft":false`,
		"soft": `"keys":["author:ada"]`,
	} {
		t.Run(name, func(t *testing.T) {
			_, one := staleAtShield(t)
			one.get("/posts/tea/").wantDetail("shield-stale")
			one.purge(members)
			one.get("/posts/tea/").wantProblem(503, "origin-unavailable")
			one.says(200, after)
			one.purge(`"keys":["post:tea"]`) // which removes the negative entry
			one.get("/posts/tea/").want(200, after, anything)
		})
	}
}

// The purge comes just after the edge has found its quiet period over.
func TestAPurgeWhileAQuietPeriodBeginsIsNoticed(t *testing.T) {
	s, one := staleAtShield(t)
	one.purge(`"keys":["post:other"]`)
	s.pass(10 * time.Second)
	one.spy.onLookup(resource.KeyVersion+"\nlease\n", func() { one.purge(`"keys":["post:tea"],"soft":false`) })
	one.get("/posts/tea/").wantProblem(503, "origin-unavailable")
	one.get("/posts/other/")
	s.pass(time.Second)
	one.get("/posts/tea/").wantProblem(503, "origin-unavailable")
}

func TestTheShieldsStaleCopyIsUsedAfterThePurgeDelay(t *testing.T) {
	file := strings.Replace(withShield(testConfig), `"10s"`, `"60s"`, 1)
	for since, copied := range map[time.Duration]bool{5 * time.Second: false, 55 * time.Second: false, time.Minute: true} {
		t.Run(since.String(), func(t *testing.T) {
			s := &service{edge: newEdgeWith(t, file), file: file, tokens: []string{"operator"}}
			s.use(func(p *Parts) { p.Shield = newSite(s.edge, true, func() ([]string, error) { return s.tokens, nil }) })
			one := s.newPOP()
			s.says(200, before)
			one.get("/posts/nothing/")
			s.pass(2 * time.Minute)
			s.get("/posts/tea/").want(200, before, anything)
			one.purge(`"keys":["post:tea"]`)
			one.get("/posts/other/") // begins a quiet period
			s.pass(2*time.Hour - time.Minute)
			one.purge(`"keys":["post:tea"]`)
			one.get("/posts/other/")
			s.pass(since)
			s.fails(errRefused)
			r := one.get("/posts/tea/")
			r.wantDetail("shield-stale")
			if !copied {
				r.wantProblem(503, "origin-unavailable")
				return
			}
			r.want(200, before, anything)
		})
	}
}
