package handlers

import (
	"fmt"
	"testing"
	"time"

	"larder/origin"
)

// stands checks how long the negative entry stands that the last request has
// left.
func (e *edge) stands(want time.Duration) {
	e.t.Helper()
	e.asked = nil
	e.pass(want - time.Millisecond)
	e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
	e.wantAsked(0)
	e.pass(time.Millisecond)
	e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
	if len(e.asked) != 1 {
		e.t.Errorf("after %v the origin was asked %d times", want, len(e.asked))
	}
}

func TestTheBackoffOfABadURLDoublesUpToMaxCooldown(t *testing.T) {
	for _, outage := range outages(newEdge(t)) {
		t.Run(outage.name, func(t *testing.T) {
			e := newEdge(t)
			longest := e.parts.Config.Breaker.MaxCooldown
			e.does(outage.answer)
			e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
			for n := 1; n < 12; n++ {
				e.stands(min(outage.backoff(n), longest))
			}
		})
	}
}

func TestTheBackoffBeginsAnewAfterASuccess(t *testing.T) {
	e := newEdge(t)
	e.says(500, "oops")
	e.get("/posts/tea/")
	e.stands(firstBackoff)
	e.stands(2 * firstBackoff)
	e.pass(4 * firstBackoff)
	e.asked = nil
	e.fill("/posts/tea/", before)
	e.pass(landingTime)
	e.purge(`"keys":["post:tea"],"soft":false`)
	e.says(500, "oops")
	e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
	e.stands(firstBackoff)
}

func TestOneURLsNegativeEntryIsNotAnothers(t *testing.T) {
	e := newEdge(t)
	e.says(500, "oops")
	for range 3 {
		e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
	}
	e.wantAsked(1)
	e.says(200, milk)
	e.get("/posts/milk/").want(200, milk, aMiss)
}

func TestANegativeEntryIsAnsweredWithoutTheOrigin(t *testing.T) {
	const collapsed = `; collapsed; detail="stale-if-error; origin-status-500"`
	tests := []struct {
		name   string
		age    func(e *edge)
		status string
	}{
		{"by age", func(e *edge) { e.pass(2 * time.Hour) }, `Larder; fwd=stale; ttl=-3600; detail="stale-if-error; origin-status-500"`},
		{"after a purge", func(e *edge) { e.purge(`"keys":["post:tea"]`) }, "Larder; fwd=stale" + collapsed},
		{"after a purge and by age", func(e *edge) { e.purge(`"keys":["post:tea"]`); e.pass(2 * time.Hour) }, "Larder; fwd=stale" + collapsed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.fill("/posts/tea/", before)
			test.age(e)
			e.says(500, "oops")
			e.get("/posts/tea/").want(200, before, anything)
			e.wantAsked(1)
			for range 3 {
				e.get("/posts/tea/").want(200, before, test.status)
			}
			e.wantAsked(0)
		})
	}
}

func TestAPurgeRemovesTheNegativeEntry(t *testing.T) {
	for _, members := range []string{`"keys":["post:tea"]`, `"keys":["post:tea"],"soft":false`, `"all":true`} {
		e := newEdge(t)
		e.says(500, "oops")
		e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
		e.purge(members)
		e.says(200, after)
		e.get("/posts/tea/").want(200, after, aMiss)
	}
}

// The circuit protects an origin that cannot be reached, so bad answers must not
// open it.
func TestBadPagesOpenNoCircuit(t *testing.T) {
	e := newEdge(t)
	e.does(func(req *origin.Request) (*origin.Response, error) {
		if req.Path == "/posts/tea/" {
			return e.response(200, before), nil
		}
		return e.response(500, "oops"), nil
	})
	for i := range 50 {
		e.get(fmt.Sprintf("/posts/broken-%d/", i)).wantProblem(503, "origin-unavailable")
	}
	e.get("/posts/tea/").want(200, before, aMiss)
}
