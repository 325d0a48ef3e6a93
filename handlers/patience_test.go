package handlers

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder/config"
	"larder/origin"
)

// answersAfter makes the origin take this long for its next answers.
func (e *edge) answersAfter(delay time.Duration, answer script) {
	e.does(func(req *origin.Request) (*origin.Response, error) {
		time.Sleep(delay)
		return answer(req)
	})
}

func (e *edge) saying(status int, body string, lines ...string) script {
	return func(*origin.Request) (*origin.Response, error) { return e.response(status, body, lines...), nil }
}

const slowStale = `Larder; fwd=stale; ttl=-3600; detail="stale-if-error; origin-slow"`

func TestAStaleEntryIsServedOncePatienceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdgeInBubble(t)
		e.fill("/posts/tea/", before)
		e.pass(2 * time.Hour)
		e.answersAfter(4*time.Second, e.saying(200, after))
		r := e.get("/posts/tea/") // returns once the fetch after the answer is done
		r.want(200, before, slowStale)
		if r.took != time.Second {
			t.Errorf("the client waited %v", r.took)
		}
		e.wantAsked(1)
		e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
		e.wantAsked(0)
	})
}

func TestRequestsThatWaitTogetherArePatientTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdgeInBubble(t)
		e.fill("/posts/tea/", before)
		e.pass(2 * time.Hour)
		e.answersAfter(4*time.Second, e.saying(200, after))
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				time.Sleep(time.Duration(i) * 100 * time.Millisecond)
				r := e.get("/posts/tea/")
				r.want(200, before, anything)
				if r.took > time.Second {
					t.Errorf("request %d waited %v", i, r.took)
				}
				if i > 10 && r.took != 0 {
					t.Errorf("request %d waited %v though the origin was known to be slow", i, r.took)
				}
			})
		}
		all.Wait()
		e.wantAsked(1)
		e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
	})
}

func TestAnOriginWithinPatienceAnswersItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdgeInBubble(t)
		e.fill("/posts/tea/", before)
		e.pass(2 * time.Hour)
		e.answersAfter(900*time.Millisecond, e.saying(200, after))
		r := e.get("/posts/tea/")
		r.want(200, after, "Larder; fwd=stale; fwd-status=200; stored")
		if r.took != 900*time.Millisecond {
			t.Errorf("the client waited %v", r.took)
		}
	})
}

func TestRequestsThatWaitForTheOriginHoweverSlowItIs(t *testing.T) {
	tests := []struct {
		name, uri string
		lines     []string
		age       func(e *edge)
	}{
		{"the entry was purged", "/posts/tea/", nil, func(e *edge) { e.pass(landingTime); e.purge(`"keys":["post:tea"]`) }},
		{"the entry was purged, and then aged", "/posts/tea/", nil, func(e *edge) {
			e.purge(`"keys":["post:tea"]`)
			e.pass(2 * time.Hour)
		}},
		{"the entry may not be stale", "/posts/tea/", []string{"Cache-Control: must-revalidate"}, func(e *edge) { e.pass(2 * time.Hour) }},
		{"the entry is past stale-if-error", "/posts/tea/", nil, func(e *edge) { e.pass(26 * time.Hour) }},
		{"the origin itself has set stale-if-error", "/open/a", []string{"Cache-Control: max-age=60, stale-if-error=86400"},
			func(e *edge) { e.pass(2 * time.Hour) }},
		{"nothing is stored", "/posts/tea/", nil, func(e *edge) { e.pass(landingTime); e.purge(`"all":true,"soft":false`) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdgeInBubble(t)
				e.says(200, before, test.lines...)
				e.get(test.uri).want(200, before, anything)
				test.age(e)
				e.answersAfter(4*time.Second, e.saying(200, after, test.lines...))
				r := e.get(test.uri)
				r.want(200, after, anything)
				if r.took != 4*time.Second {
					t.Errorf("the client waited %v", r.took)
				}
			})
		})
	}
}

func TestAFetchThatFailsAfterPatienceIsANegativeEntry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdgeInBubble(t)
		e.fill("/posts/tea/", before)
		e.pass(2 * time.Hour)
		e.answersAfter(4*time.Second, e.saying(500, "oops"))
		e.get("/posts/tea/").want(200, before, slowStale)
		e.wantAsked(1)
		r := e.get("/posts/tea/")
		r.want(200, before, `Larder; fwd=stale; ttl=-3604; detail="stale-if-error; origin-status-500"`)
		if r.took != 0 {
			t.Errorf("the client waited %v", r.took)
		}
		e.wantAsked(0)
	})
}

// The purge comes while the fetch goes on after an answer.
func TestARequestForAPurgedEntryWaitsForASlowFetchUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdgeInBubble(t)
		e.fill("/posts/tea/", before)
		e.pass(2 * time.Hour)
		e.answersAfter(4*time.Second, func(*origin.Request) (*origin.Response, error) {
			e.answersAfter(time.Second, e.saying(200, after))
			return e.response(200, before), nil
		})
		var all sync.WaitGroup
		all.Go(func() { e.get("/posts/tea/").want(200, before, slowStale) })
		time.Sleep(2 * time.Second)
		e.purge(`"keys":["post:tea"]`)
		r := e.get("/posts/tea/")
		r.want(200, after, anything)
		if r.took < 3*time.Second || r.took > 3*time.Second+100*time.Millisecond {
			t.Errorf("the client waited %v for the rest of one fetch and for another", r.took)
		}
		all.Wait()
		e.wantAsked(2)
	})
}

func TestAFollowerThatMayHaveNoStaleAnswerWaitsForASlowFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdgeInBubble(t)
		e.fill("/posts/tea/", before)
		e.pass(2 * time.Hour)
		e.answersAfter(4*time.Second, e.saying(200, after))
		began := e.clock()
		e.app.switches = func(now time.Time) config.Switches { // in two seconds nothing may be stale any more
			if now.Sub(began) < 2*time.Second {
				return config.Switches{}
			}
			return atMost(0)
		}
		var all sync.WaitGroup
		all.Go(func() { e.get("/posts/tea/").want(200, before, slowStale) })
		time.Sleep(2 * time.Second)
		r := e.get("/posts/tea/")
		r.want(200, after, anything)
		if r.took < 2*time.Second || r.took > 2*time.Second+100*time.Millisecond {
			t.Errorf("the client waited %v", r.took)
		}
		all.Wait()
		e.wantAsked(1)
	})
}

func TestAPanicAfterPatienceEndsNoOtherAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdgeInBubble(t)
		e.fill("/posts/tea/", before)
		e.pass(2 * time.Hour)
		e.answersAfter(4*time.Second, func(*origin.Request) (*origin.Response, error) { panic("for a test") })
		e.get("/posts/tea/").want(200, before, slowStale)
		e.pass(firstBackoff)
		e.says(200, after)
		e.get("/posts/tea/").want(200, before, anything) // the origin is asked after this answer
		e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
	})
}
