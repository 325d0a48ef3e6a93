package handlers

import (
	"testing"
	"time"
)

func TestA404IsStoredBrieflyUnderTheKeysOfItsPath(t *testing.T) {
	e := newEdge(t)
	e.says(404, `{"detail":"Not found."}`)
	e.get("/posts/new/").want(404, `{"detail":"Not found."}`, "Larder; fwd=uri-miss; fwd-status=404; stored")
	e.get("/posts/new/").want(404, `{"detail":"Not found."}`, "Larder; hit; ttl=30")
	e.wantAsked(1)
	e.says(200, before)
	e.purge(`"keys":["post:new"]`)
	e.get("/posts/new/").want(200, before, anything)
	e.get("/posts/new/").want(200, before, "Larder; hit; ttl=3600")
	e.wantAsked(1)
}

func TestA404Expires(t *testing.T) {
	e := newEdge(t)
	e.says(404, `{}`)
	e.get("/posts/new/")
	e.pass(30 * time.Second)
	e.says(200, before)
	e.get("/posts/new/").want(200, before, "Larder; fwd=uri-miss; fwd-status=200; stored")
	e.wantAsked(2)
}

func TestADeletedItemIsNotServedInAnOutage(t *testing.T) {
	for _, status := range []int{404, 410} {
		e := newEdge(t)
		e.fill("/posts/tea/", before)
		e.purge(`"keys":["post:tea"]`)
		e.says(status, `{"detail":"gone"}`)
		e.get("/posts/tea/").want(status, `{"detail":"gone"}`, anything)
		e.pass(31 * time.Second)
		e.fails(errRefused)
		if r := e.get("/posts/tea/"); r.status == 200 {
			t.Errorf("after %d the old content is back: %q", status, r.body)
		}
	}
}
