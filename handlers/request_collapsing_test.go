package handlers

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder/origin"
)

// together sends n requests at once. The origin answers once all of them wait for
// it or for each other.
func (e *edge) together(n int, body string, status int) []reply {
	e.t.Helper()
	open := make(chan struct{})
	e.does(func(*origin.Request) (*origin.Response, error) {
		<-open
		return e.response(status, body), nil
	})
	replies := make([]reply, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { replies[i] = e.get("/posts/tea/") })
	}
	synctest.Wait()
	close(open)
	all.Wait()
	return replies
}

func TestConcurrentRequestsCostOneFetch(t *testing.T) {
	const many = 20
	tests := []struct {
		name       string
		prepare    func(e *edge)
		status     int
		origin     string
		wantStatus int
		want       string
		asked      int
	}{
		{"cold", func(*edge) {}, 200, after, 200, after, 1},
		{"cold, and the origin fails", func(*edge) {}, 503, "", 503, anything, 1},
		{"cold, and the item is missing", func(*edge) {}, 404, "{}", 404, "{}", 1},
		{"after a soft purge", func(e *edge) { e.purge(`"keys":["post:tea"]`) }, 200, after, 200, after, 1},
		{"stale past the window", func(e *edge) { e.pass(2 * time.Hour) }, 200, after, 200, after, 1},
		{"after a hard purge", func(e *edge) { e.purge(`"keys":["post:tea"],"soft":false`) }, 200, after, 200, after, 1},
		{"after a soft purge, and the origin fails", func(e *edge) { e.purge(`"keys":["post:tea"]`) }, 503, "", 200, before, 1},
		{"stale past the window, and the origin fails", func(e *edge) { e.pass(2 * time.Hour) }, 500, "", 200, before, 1},
		{"stale inside the window", func(e *edge) { e.pass(time.Hour + time.Second) }, 200, after, 200, before, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t)
				if test.name[:4] != "cold" {
					e.fill("/posts/tea/", before)
				}
				test.prepare(e)
				for _, r := range e.together(many, test.origin, test.status) {
					r.want(test.wantStatus, test.want, anything)
				}
				e.wantAsked(test.asked)
			})
		})
	}
}

// Requests must not wait for each other twice for an answer that may not be shared.
func TestRequestsForAPrivateAnswerEachGetTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t)
		open := make(chan struct{})
		e.does(func(*origin.Request) (*origin.Response, error) {
			<-open
			return e.response(200, before, "Cache-Control: private"), nil
		})
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() { e.get("/posts/tea/").want(200, before, anything) })
		}
		synctest.Wait()
		e.mu.Lock()
		if n := len(e.asked); n != 1 {
			t.Errorf("%d requests reached the origin before the first was answered", n)
		}
		e.mu.Unlock()
		close(open)
		all.Wait()
		e.wantAsked(5)
	})
}
