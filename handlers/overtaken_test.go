package handlers

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder/corecache"
	"larder/origin"
	"larder/resource"
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
		e.spy.onLookup(resource.KeyVersion+"\nlease\n", func() { between = e.get("/posts/tea/") })
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

// slowPurges take a millisecond, as those of a host do.
type slowPurges struct{ corecache.Cache }

func (c *slowPurges) Purge(key string, soft bool) error {
	time.Sleep(time.Millisecond)
	return c.Cache.Purge(key, soft)
}

// The note of a failure that a purge has overtaken can be met a moment longer.
func TestWhoWaitsForAnOvertakenFailureGetsTheCopy(t *testing.T) {
	for name, age := range map[string]time.Duration{"past its lifetime": 2 * time.Hour, "purged": time.Minute} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t)
				e.fill("/posts/tea/", before)
				e.pass(age)
				e.purge(`"keys":["post:tea"]`)
				e.app.cache = &slowPurges{e.spy}
				open := make(chan struct{})
				e.does(func(*origin.Request) (*origin.Response, error) {
					<-open
					return nil, errRefused
				})
				replies := make([]reply, 6)
				var all sync.WaitGroup
				for i := range replies {
					all.Go(func() { replies[i] = e.get("/posts/tea/") })
				}
				synctest.Wait()
				e.wantAsked(1)
				e.purge(`"keys":["post:milk"]`) // of something else
				close(open)
				all.Wait()
				for _, r := range replies {
					r.want(200, before, "")
				}
			})
		})
	}
}

// Who has met a note that an answer is not for all fetches for himself, while
// another one leads a miss.
func TestAFailedMissDoesNotReplaceWhatHasComeMeanwhile(t *testing.T) {
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
		all.Go(func() { e.get("/open/a").want(200, after, "") })
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
		e.get("/open/a").want(200, after, "Larder; hit; ttl=60") // it is kept
		close(failing)
		all.Wait()
		second.want(200, after, "")
		e.get("/open/a").want(200, after, "Larder; hit; ttl=60")
		e.pass(2 * time.Second)
		e.get("/open/a").want(200, after, "Larder; hit; ttl=58")
	})
}

func TestAnOvertakenMissDoesNotReplaceWhatIsNewer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const kept = aMinute + ", stale-if-error=600"
		e := newEdge(t)
		e.says(200, "secret", "Cache-Control: private")
		e.get("/open/a")
		e.pass(passTime - time.Second)
		late, slow := make(chan struct{}), make(chan struct{})
		ids := e.app.newID
		e.app.newID = func() string { <-late; return ids() } // its fetch begins late
		var all sync.WaitGroup
		all.Go(func() { e.get("/open/a").want(200, after, "") })
		synctest.Wait()
		e.app.newID = ids
		e.pass(2 * time.Second)
		e.does(func(*origin.Request) (*origin.Response, error) {
			<-slow
			return e.response(200, before, kept), nil
		})
		all.Go(func() { e.get("/open/a").want(200, before, "") })
		synctest.Wait()
		e.says(200, after, kept)
		e.purge(`"all":true`)
		close(late)
		synctest.Wait()
		close(slow)
		all.Wait()
		e.fails(errRefused)
		e.get("/open/a").want(200, after, "")
	})
}

type hookedCache struct {
	corecache.Cache
	onInsert, onClose func(key []byte)
}

type hookedWriter struct {
	corecache.Writer
	hook func()
}

func (c *hookedCache) Insert(key []byte, opts corecache.WriteOptions) (corecache.Writer, error) {
	c.onInsert(key)
	w, err := c.Cache.Insert(key, opts)
	if err != nil {
		return nil, err
	}
	return &hookedWriter{w, func() { c.onClose(key) }}, nil
}

func (w *hookedWriter) Close() error {
	w.hook()
	return w.Writer.Close()
}

func TestAValidatedEntryIsSettledBeforeItsBodyIsCopied(t *testing.T) {
	e := staleEdge(t, `Etag: "v1"`)
	var between reply
	copying := false
	ours := func(key []byte) bool { return copying && strings.Contains(string(key), "/posts/tea/") }
	e.app.cache = &hookedCache{e.spy, func(key []byte) {
		if ours(key) {
			e.says(200, after, `Etag: "v2"`)
			e.purge(`"keys":["post:tea"]`) // just before the insertion
		}
	}, func(key []byte) {
		if ours(key) {
			copying = false
			e.pass(probation + time.Second) // copying the body takes its time
			between = e.get("/posts/tea/")
		}
	}}
	e.once(func() (*origin.Response, error) {
		copying = true
		return e.response(304, ""), nil
	})
	e.get("/posts/tea/").want(200, before, "")
	between.want(200, after, "")
}

// T6
