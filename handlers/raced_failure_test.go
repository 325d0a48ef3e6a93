package handlers

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder/origin"
	"larder/resource"
)

// A fetch that began before a purge says nothing about the content after it.
func TestARacedFailureIsNotServedToLaterRequests(t *testing.T) {
	states := map[string]struct {
		prepare func(e *edge)
		first   int // the status of the request whose fetch it is
	}{
		"of a missing entry": {func(*edge) {}, 503},
		"of an entry stale by age": {func(e *edge) {
			e.fill("/posts/tea/", before)
			e.pass(2 * time.Hour)
		}, 200},
		"after an answer": {func(e *edge) {
			e.fill("/posts/tea/", before)
			e.pass(time.Hour + 30*time.Second)
		}, 200},
	}
	for _, members := range []string{`"keys":["post:tea"]`, `"keys":["post:milk"],"soft":false`} {
		for name, state := range states {
			t.Run(name+", with a purge of "+members, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					e := newEdgeInBubble(t)
					state.prepare(e)
					open := make(chan struct{})
					e.does(func(*origin.Request) (*origin.Response, error) {
						<-open
						return e.response(503, "", "Retry-After: 30"), nil
					})
					var all sync.WaitGroup
					all.Go(func() {
						if r := e.get("/posts/tea/"); r.status != state.first {
							t.Errorf("the first request is answered with %d", r.status)
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
						r.want(200, after, anything)
					}
					r := e.get("/posts/tea/")
					r.want(200, after, anything)
					if !strings.HasPrefix(r.header.Get("Cache-Status"), "Larder; hit; ttl=3") { // some have waited
						t.Errorf("Cache-Status is %q", r.header.Get("Cache-Status"))
					}
				})
			})
		}
	}
}

// Other requests can find a negative entry before its lease is checked.
func TestAReaderBetweenANegativeEntryAndItsCheckSeesThePurge(t *testing.T) {
	e := newEdge(t)
	var between reply
	e.does(func(*origin.Request) (*origin.Response, error) {
		e.purge(`"keys":["post:tea"]`)
		e.says(200, after)
		e.spy.onLookup(resource.KeyVersion+"\nlease\n", func() { between = e.get("/posts/tea/") })
		return nil, errRefused
	})
	e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
	between.want(200, after, anything)
}

// The negative entry of a failure that a purge has raced can be found for a moment.
func TestRequestsThatWaitForARacedFailureGetTheStaleEntry(t *testing.T) {
	for name, age := range map[string]time.Duration{"past its lifetime": 2 * time.Hour, "purged": time.Minute} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t)
				e.fill("/posts/tea/", before)
				e.pass(age)
				e.purge(`"keys":["post:tea"]`)
				e.useCache(&slowPurges{e.spy})
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
				e.purge(`"keys":["post:milk"]`) // of another item
				close(open)
				all.Wait()
				for _, r := range replies {
					r.want(200, before, anything)
				}
			})
		})
	}
}
