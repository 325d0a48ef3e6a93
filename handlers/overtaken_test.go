package handlers

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder/origin"
)

// once makes the origin do something during its next request, and answer that
// with what is returned.
func (e *edge) once(answer func() (*origin.Response, error)) {
	e.does(func(*origin.Request) (*origin.Response, error) { return answer() })
}

// A fetch that a purge has overtaken must not take the place of what has come
// since: an outage would bring the old content back.
func TestAnOvertakenFetchDoesNotReplaceWhatIsNewer(t *testing.T) {
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
				e.once(func() (*origin.Response, error) {
					e.says(200, after, `Etag: "v2"`)
					e.purge(members)
					e.purge(`"keys":["post:tea"]`)
					e.get("/posts/tea/").want(200, after, "")
					return response(e), nil
				})
				e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=-30")
				e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
				e.pass(2 * time.Hour)
				e.fails(errRefused)
				e.get("/posts/tea/").want(200, after, "")
			})
		}
	}
}

// What a hard purge of something else has overtaken would be purged with it.
func TestAHardPurgeOfAnotherItemDuringAFetchSparesTheEntry(t *testing.T) {
	for name, test := range map[string]struct {
		age   time.Duration
		asked int
	}{
		"behind an answer":                      {time.Hour + 30*time.Second, 1},
		"before the answers, then once for all": {2 * time.Hour, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t)
				e.fill("/posts/tea/", before)
				e.pass(test.age)
				open := make(chan struct{})
				e.once(func() (*origin.Response, error) {
					<-open
					e.purge(`"keys":["post:milk"],"soft":false`)
					e.fails(errRefused)
					return e.response(200, before), nil
				})
				var all sync.WaitGroup
				for range 5 {
					all.Go(func() { e.get("/posts/tea/").want(200, before, "") })
				}
				synctest.Wait()
				close(open)
				all.Wait()
				e.wantAsked(test.asked)
				e.pass(2 * time.Hour)
				e.get("/posts/tea/").want(200, before, "")
			})
		})
	}
}

// A failure that began before a purge says nothing of what there is now.
func TestAnOvertakenFailureIsNobodyElses(t *testing.T) {
	states := map[string]struct {
		prepare func(e *edge)
		first   int // what the one gets who has asked
	}{
		"of a missing entry": {func(*edge) {}, 503},
		"of an entry stale by age": {func(e *edge) {
			e.fill("/posts/tea/", before)
			e.pass(2 * time.Hour)
		}, 200},
		"behind an answer": {func(e *edge) {
			e.fill("/posts/tea/", before)
			e.pass(time.Hour + 30*time.Second)
		}, 200},
	}
	for _, members := range []string{`"keys":["post:tea"]`, `"keys":["post:milk"],"soft":false`} {
		for name, state := range states {
			t.Run(name+", with a purge of "+members, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					e := newEdge(t)
					state.prepare(e)
					open := make(chan struct{})
					e.once(func() (*origin.Response, error) {
						<-open
						return e.response(503, "", "Retry-After: 30"), nil
					})
					var all sync.WaitGroup
					all.Go(func() {
						if r := e.get("/posts/tea/"); r.status != state.first {
							t.Errorf("who asked first gets %d", r.status)
						}
					})
					synctest.Wait()
					e.purge(members)
					e.purge(`"keys":["post:tea"]`)
					e.says(200, after)
					waiting := make([]reply, 5)
					for i := range waiting {
						all.Go(func() { waiting[i] = e.get("/posts/tea/") })
					}
					synctest.Wait()
					close(open)
					all.Wait()
					for _, r := range waiting {
						r.want(200, after, "")
					}
					e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
				})
			})
		}
	}
}

// Others see a note before the one who wrote it has checked its lease.
func TestAReaderBetweenANoteAndItsCheckSeesThePurge(t *testing.T) {
	e := newEdge(t)
	var between reply
	e.once(func() (*origin.Response, error) {
		e.purge(`"keys":["post:tea"]`)
		e.says(200, after)
		e.spy.onLookup("", func() { between = e.get("/posts/tea/") })
		return nil, errRefused
	})
	e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
	between.want(200, after, "")
}

// A 304 can say that the content is not for everybody any more.
func TestA304ThatForbidsToKeepTakesTheEntryAway(t *testing.T) {
	for _, forbids := range []string{"Cache-Control: private", "Cache-Control: no-store"} {
		t.Run(forbids, func(t *testing.T) {
			e := newEdge(t)
			e.says(200, before, `Etag: "v1"`)
			e.get("/posts/tea/")
			e.pass(2 * time.Hour)
			e.says(304, "", forbids)
			e.get("/posts/tea/").want(200, before, "")
			e.fails(errRefused)
			e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
		})
	}
}
