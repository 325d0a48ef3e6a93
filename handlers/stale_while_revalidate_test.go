package handlers

import (
	"testing"
	"time"
)

// staleEdge has a post stored that is half a minute into its stale-while-revalidate
// window.
func staleEdge(t *testing.T, lines ...string) *edge {
	t.Helper()
	e := newEdge(t)
	e.says(200, before, lines...)
	e.get("/posts/tea/").want(200, before, anything)
	e.wantAsked(1)
	e.pass(time.Hour + 30*time.Second)
	return e
}

func TestAStaleEntryIsServedFirstAndRevalidatedAfterwards(t *testing.T) {
	e := staleEdge(t)
	e.says(200, after)
	r := e.get("/posts/tea/")
	r.want(200, before, "Larder; hit; ttl=-30")
	if r.closedAt != 0 {
		t.Errorf("when the answer ended the origin had been asked %d times", r.closedAt)
	}
	e.wantAsked(1)
	e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
	e.wantAsked(0)
}

func TestA304AfterTheAnswerRenewsTheEntry(t *testing.T) {
	e := staleEdge(t, `Etag: "v1"`)
	e.says(304, "")
	e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=-30")
	e.wantAsked(1)
	e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
	e.purge(`"keys":["author:ada"]`)
	e.says(200, after)
	e.get("/posts/tea/").want(200, after, anything)
	e.wantAsked(1)
}

func TestAFailedRevalidationIsNotRepeatedForASecond(t *testing.T) {
	for _, outage := range outages(newEdge(t)) {
		t.Run(outage.name, func(t *testing.T) {
			e := staleEdge(t)
			e.does(outage.answer)
			for range 3 {
				e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=-30")
			}
			e.wantAsked(1)
			e.pass(firstBackoff)
			e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=-31")
			e.wantAsked(1)
		})
	}
}

func TestA404AfterTheAnswerRemovesTheEntry(t *testing.T) {
	e := staleEdge(t)
	e.says(404, `{"detail":"Not found."}`)
	e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=-30")
	e.get("/posts/tea/").want(404, `{"detail":"Not found."}`, anything)
}

func TestAfterAPrivateAnswerTheEntryIsNotServedFirst(t *testing.T) {
	e := staleEdge(t)
	e.says(200, after, "Cache-Control: private")
	e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=-30")
	e.get("/posts/tea/").want(200, after, anything)
	e.wantAsked(2)
}

func TestPastTheWindowTheOriginIsAskedFirst(t *testing.T) {
	e := staleEdge(t)
	e.pass(30 * time.Second)
	e.says(200, after)
	e.get("/posts/tea/").want(200, after, "Larder; fwd=stale; fwd-status=200; stored")
	e.wantAsked(1)
}

func TestAPurgedEntryIsNeverServedFirst(t *testing.T) {
	e := newEdge(t)
	e.fill("/posts/tea/", before)
	e.purge(`"keys":["post:tea"]`)
	e.says(200, after)
	e.get("/posts/tea/").want(200, after, anything)
}
