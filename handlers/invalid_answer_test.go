package handlers

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"larder/content"
	"larder/origin"
)

func TestAStatusThatWasNotAskedForIsNotAccepted(t *testing.T) {
	e := newEdge(t)
	date := e.clock().Format(http.TimeFormat)
	e.says(200, before, "Last-Modified: "+date, "Date: "+date) // no strong validator
	e.get("/posts/tea/").want(200, before, anything)
	e.pass(2 * time.Hour)
	e.does(func(req *origin.Request) (*origin.Response, error) {
		for _, status := range []int{304, 206, 600} {
			if err := req.Accept(e.response(status, "")); !errors.Is(err, content.ErrAnswer) {
				t.Errorf("a %d is accepted: %v", status, err)
			}
		}
		return e.response(200, after), nil
	})
	e.get("/posts/tea/").want(200, after, anything)
}

func TestABodyThatCannotBeTaggedIsNotStored(t *testing.T) {
	e := newEdgeWith(t, strings.Replace(testConfig, `{"name": "posts",`, `{"name": "posts", "lifetimes": {"ttl": "origin"},`, 1))
	for range 2 {
		e.says(200, `{"data":[]} and more`, aMinute)
		e.get("/posts/").want(200, `{"data":[]} and more`, `Larder; fwd=uri-miss; fwd-status=200; detail="not-stored; untagged"`)
		e.pass(passTime)
		e.wantAsked(1)
	}
}
