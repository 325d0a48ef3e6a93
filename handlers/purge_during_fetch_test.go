package handlers

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder/fence"
	"larder/origin"
	"larder/resource"
)

func TestAPurgeDuringAFetchIsNotUndone(t *testing.T) {
	purges := map[string]string{
		"soft, by its own key":              `"keys":["post:tea"]`,
		"hard, by its own key":              `"keys":["post:tea"],"soft":false`,
		"by a key that only its body gives": `"keys":["author:ada"]`,
		"of everything":                     `"all":true`,
	}
	states := map[string]func(e *edge){
		"of a missing entry": func(*edge) {},
		"of a purged entry": func(e *edge) {
			e.fill("/posts/tea/", before)
			e.purge(`"keys":["post:tea"]`)
		},
		"of an entry stale by age": func(e *edge) {
			e.fill("/posts/tea/", before)
			e.pass(2 * time.Hour)
		},
		"after an answer": func(e *edge) {
			e.fill("/posts/tea/", before)
			e.pass(time.Hour + 30*time.Second)
		},
	}
	for purgeName, members := range purges {
		for stateName, prepare := range states {
			t.Run(purgeName+", during a fetch "+stateName, func(t *testing.T) {
				e := newEdge(t)
				prepare(e)
				e.duringFetch(func() { e.purge(members) })
				e.get("/posts/tea/").want(200, before, anything)
				e.wantAsked(1)
				e.get("/posts/tea/").want(200, after, anything)
				e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
				e.wantAsked(1)
			})
		}
	}
}

// Other requests can find the entry between its insertion and the check of its
// lease.
func TestAReaderBetweenInsertionAndCheckSeesThePurge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t)
		var reader sync.WaitGroup
		e.duringFetch(func() {
			e.purge(`"keys":["author:ada"]`)
			e.spy.onSecondLookup(resource.KeyVersion+"\nlease\n", func() {
				reader.Go(func() { e.get("/posts/tea/").want(200, after, anything) })
				synctest.Wait()
			})
		})
		e.get("/posts/tea/").want(200, before, anything)
		reader.Wait()
		e.get("/posts/tea/").want(200, after, anything)
		e.wantAsked(2)
	})
}

func TestAPurgeBetweenInsertionAndCheckIsSeen(t *testing.T) {
	e := newEdge(t)
	e.duringFetch(func() {
		e.spy.onSecondLookup(resource.KeyVersion+"\nlease\n", func() { e.purge(`"keys":["author:ada"]`) })
	})
	e.get("/posts/tea/").want(200, before, anything)
	e.get("/posts/tea/").want(200, after, anything)
	e.wantAsked(2)
}

func TestAPurgeDuringAValidationIsNotUndone(t *testing.T) {
	e := newEdge(t)
	e.says(200, before, `Etag: "v1"`)
	e.get("/posts/tea/")
	e.purge(`"keys":["post:tea"]`)
	e.wantAsked(1)
	e.does(func(*origin.Request) (*origin.Response, error) {
		e.says(200, after, `Etag: "v2"`)
		e.purge(`"keys":["post:tea"]`)
		return e.response(304, ""), nil
	})
	e.get("/posts/tea/").want(200, before, anything)
	e.get("/posts/tea/").want(200, after, anything)
	e.wantAsked(2)
}

// There is a purge in every fetch. Every request still gets an answer that the
// origin gave after the request began.
func TestUnderConstantPurgingEveryRequestIsAnswered(t *testing.T) {
	e := newEdge(t)
	version := 0
	e.does(func(*origin.Request) (*origin.Response, error) {
		version++
		body := `{"data":{"slug":"tea","title":"` + strings.Repeat("x", version) + `"}}`
		e.purge(`"keys":["post:tea"]`)
		return e.response(200, body), nil
	})
	for i := range 5 {
		began := version
		r := e.get("/posts/tea/")
		r.want(200, anything, anything)
		if got := strings.Count(r.body, "x"); got <= began {
			t.Errorf("request %d gets version %d, though version %d was purged before it began", i, got, began)
		}
	}
}

func TestAValidatedEntryIsSettledBeforeItsBodyIsCopied(t *testing.T) {
	e := staleEdge(t, `Etag: "v1"`)
	var between reply
	copying := false
	ours := func(key []byte) bool { return copying && strings.Contains(string(key), "/posts/tea/") }
	e.useCache(&hookedCache{e.spy, func(key []byte) {
		if ours(key) {
			e.says(200, after, `Etag: "v2"`)
			e.purge(`"keys":["post:tea"]`) // just before the insertion
		}
	}, func(key []byte) {
		if ours(key) {
			copying = false
			e.pass(fence.Probation + time.Second) // copying the body takes long
			between = e.get("/posts/tea/")
		}
	}})
	e.does(func(*origin.Request) (*origin.Response, error) {
		copying = true
		return e.response(304, ""), nil
	})
	e.get("/posts/tea/").want(200, before, anything)
	between.want(200, after, anything)
}

// The keys lease of the fetch covers the answer, so only purges of its own keys
// end it.
func TestAHardPurgeOfAnotherItemDuringAFetchLeavesTheEntry(t *testing.T) {
	for name, test := range map[string]struct {
		age   time.Duration
		asked int
	}{
		"after an answer":    {time.Hour + 30*time.Second, 1},
		"before the answers": {2 * time.Hour, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t)
				e.fill("/posts/tea/", before)
				e.pass(test.age)
				open := make(chan struct{})
				e.does(func(*origin.Request) (*origin.Response, error) {
					<-open
					e.purge(`"keys":["post:milk"],"soft":false`)
					e.fails(errRefused)
					return e.response(200, before), nil
				})
				var all sync.WaitGroup
				for range 5 {
					all.Go(func() { e.get("/posts/tea/").want(200, before, anything) })
				}
				synctest.Wait()
				close(open)
				all.Wait()
				e.wantAsked(test.asked)
				e.pass(2 * time.Hour)
				e.get("/posts/tea/").want(200, before, anything)
			})
		})
	}
}
