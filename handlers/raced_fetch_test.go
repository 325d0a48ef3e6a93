package handlers

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder/origin"
)

// A fetch that a purge has raced must not replace a newer entry, or an outage would
// bring the old content back.
func TestARacedFetchDoesNotReplaceANewerEntry(t *testing.T) {
	late := map[string]func(e *edge) *origin.Response{
		"with the old content": func(e *edge) *origin.Response { return e.response(200, before, `Etag: "v1"`) },
		"with a 304":           func(e *edge) *origin.Response { return e.response(304, "") },
	}
	purges := map[string]string{
		"soft":                  `"keys":["post:tea"]`,
		"hard":                  `"keys":["post:tea"],"soft":false`,
		"hard, of another item": `"keys":["post:milk"],"soft":false`,
	}
	for lateName, response := range late {
		for purgeName, members := range purges {
			t.Run(lateName+", the purge being "+purgeName, func(t *testing.T) {
				e := staleEdge(t, `Etag: "v1"`)
				e.does(func(*origin.Request) (*origin.Response, error) {
					e.says(200, after, `Etag: "v2"`)
					e.purge(members)
					e.purge(`"keys":["post:tea"]`)
					e.get("/posts/tea/").want(200, after, anything)
					return response(e), nil
				})
				e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=-30")
				e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
				e.pass(2 * time.Hour)
				e.fails(errRefused)
				e.get("/posts/tea/").want(200, after, anything)
			})
		}
	}
}

func TestARacedMissDoesNotReplaceANewerEntry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const storable = aMinute + ", stale-if-error=600"
		e := newEdge(t)
		e.says(200, "secret", "Cache-Control: private")
		e.get("/open/a")
		e.pass(passTime - time.Second)
		late, slow := make(chan struct{}), make(chan struct{})
		ids := e.parts.NewID
		e.use(func(p *Parts) { p.NewID = func() string { <-late; return ids() } }) // its fetch begins late
		var all sync.WaitGroup
		all.Go(func() { e.get("/open/a").want(200, after, anything) })
		synctest.Wait()
		e.use(func(p *Parts) { p.NewID = ids })
		e.pass(2 * time.Second)
		e.does(func(*origin.Request) (*origin.Response, error) {
			<-slow
			return e.response(200, before, storable), nil
		})
		all.Go(func() { e.get("/open/a").want(200, before, anything) })
		synctest.Wait()
		e.says(200, after, storable)
		e.purge(`"all":true`)
		close(late)
		synctest.Wait()
		close(slow)
		all.Wait()
		e.fails(errRefused)
		e.get("/open/a").want(200, after, anything)
	})
}

// A request that found a hit-for-pass fetches for itself, while another one leads
// a flight.
func TestAFailedMissServesWhatWasStoredMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t)
		e.says(200, "secret", "Cache-Control: private")
		e.get("/open/a")
		e.pass(passTime - time.Second)
		slow, failing := make(chan struct{}), make(chan struct{})
		var all sync.WaitGroup
		e.does(func(*origin.Request) (*origin.Response, error) {
			<-slow
			return e.response(200, after, aMinute+", stale-if-error=600"), nil
		})
		all.Go(func() { e.get("/open/a").want(200, after, anything) })
		synctest.Wait()
		e.pass(2 * time.Second)
		e.does(func(*origin.Request) (*origin.Response, error) {
			<-failing
			return nil, errRefused
		})
		var second reply
		all.Go(func() { second = e.get("/open/a") })
		synctest.Wait()
		close(slow)
		synctest.Wait()
		e.get("/open/a").want(200, after, "Larder; hit; ttl=58") // two seconds were spent on its way
		close(failing)
		all.Wait()
		second.want(200, after, anything)
		e.get("/open/a").want(200, after, "Larder; hit; ttl=58")
		e.pass(2 * time.Second)
		e.get("/open/a").want(200, after, "Larder; hit; ttl=56")
	})
}

// The items of a page that is not stored are not known when its fetch begins: it
// may show what was deleted meanwhile.
func TestAColdAnswerRacedByAHardPurgeIsStoredForRevalidationOnly(t *testing.T) {
	cold := func(t *testing.T) *edge {
		e := newEdge(t)
		e.does(func(*origin.Request) (*origin.Response, error) {
			e.purge(`"keys":["post:milk"],"soft":false`)
			return e.response(200, before, strongTag), nil
		})
		e.get("/posts/tea/").want(200, before, aMiss)
		e.asked = nil
		return e
	}
	t.Run("it is never served stale", func(t *testing.T) {
		for name, answer := range map[string]outage{"unreachable": outages(newEdge(t))[0], "failing": outages(newEdge(t))[3]} {
			e := cold(t)
			e.does(answer.answer)
			for range 3 {
				e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
			}
			if e.wantAsked(1); t.Failed() {
				t.Log(name)
			}
		}
	})
	t.Run("one revalidation makes it usable again", func(t *testing.T) {
		e := cold(t)
		e.says(304, "", strongTag)
		e.get("/posts/tea/").want(200, before, "Larder; fwd=stale; fwd-status=304; stored")
		if got := e.lastAsked().Header.Get("If-None-Match"); got != `"v1"` {
			t.Errorf("the origin is asked with If-None-Match %q", got)
		}
		e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
		e.pass(2 * time.Hour)
		e.fails(errRefused)
		e.get("/posts/tea/").want(200, before, anything)
	})
}
