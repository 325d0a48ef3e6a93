package handlers

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"larder/corecache"
	"larder/origin"
	"larder/resource"
)

func TestABrokenCacheNeverBreaksAnAnswer(t *testing.T) {
	e := newEdge(t)
	e.spy.fail = corecache.ErrUnexpected
	e.says(200, before)
	for range 2 {
		e.get("/posts/tea/").want(200, before, `Larder; fwd=miss; fwd-status=200; detail="not-stored; cache-failed"`)
	}
	e.wantAsked(2)
	e.fails(errRefused)
	e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
}

func TestAnEntryThatCannotBeReadIsAMiss(t *testing.T) {
	e := newEdge(t)
	e.says(200, before)
	e.get("/posts/tea/")
	key := e.spy.keyOf(func() { e.get("/posts/tea/") })
	w, err := e.model.Insert(key, corecache.WriteOptions{TTL: time.Hour, UserMetadata: []byte("from another time")})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	e.says(200, after)
	e.get("/posts/tea/").want(200, after, anything)
	e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
	e.wantAsked(2)
}

func TestANewAnswerIsServedThoughTheCacheFails(t *testing.T) {
	length := fmt.Sprintf("Content-Length: %d", len(large))
	e := newEdge(t)
	e.says(200, "old")
	e.get("/files/a").want(200, "old", anything)
	e.purge(`"keys":["file:a"]`)
	e.useCache(noRoom{e.spy})
	e.saysLarge(nil, length)
	e.get("/files/a").want(200, large, `Larder; fwd=stale; fwd-status=200; detail="not-stored; cache-failed"`)
}

func TestACacheFailureOverABodyIsNotTheOriginsFault(t *testing.T) {
	e := newEdge(t)
	e.useCache(full{e.spy})
	e.says(200, large, fmt.Sprintf("Content-Length: %d", len(large)))
	for i := range 20 { // which would open its circuit
		e.get(fmt.Sprintf("/files/%d", i)).want(200, large, `Larder; fwd=uri-miss; fwd-status=200; detail="not-stored; cache-failed"`)
	}
}

// The cache fails while a body is written, so the origin is asked once more.
func TestASecondFetchAfterACacheFailureStaysWithinTheLimits(t *testing.T) {
	e := newEdgeWith(t, strings.ReplaceAll(withStandby(queryConfig), `"retries": 0`, `"retries": 1`))
	e.useCache(full{e.spy})
	sent := 0
	good := func(r *origin.Request) (*origin.Response, error) {
		sent++
		e.pass(4 * time.Second)
		if r.Method == resource.MethodQuery {
			if content, err := io.ReadAll(r.Body); string(content) != "a question" {
				t.Errorf("the origin is asked %q, %v", content, err)
			}
		}
		return e.response(200, large, fmt.Sprintf("Content-Length: %d", len(large))), nil
	}
	e.second = good
	e.does(func(*origin.Request) (*origin.Response, error) {
		sent++
		e.pass(3 * time.Second)
		return nil, errRefused
	})
	began := e.clock()
	e.get("/files/a").wantProblem(503, "origin-unavailable")
	if took := e.clock().Sub(began); sent > 4 || took > e.app.config.Deadline {
		t.Errorf("%d requests in %v", sent, took)
	}
	e.answer = good
	e.request("QUERY", "/ask/", "a question", "Content-Type: text/plain").want(200, large, anything)
}
