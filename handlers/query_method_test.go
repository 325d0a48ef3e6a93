package handlers

import (
	"io"
	"strings"
	"testing"

	"larder/origin"
)

// queryConfig has a route that caches answers to QUERY.
var queryConfig = strings.Replace(testConfig, `"routes": [`,
	`"routes": [{"name": "ask", "path": "/ask/", "methods": ["GET", "HEAD", "QUERY"], "keys": ["asked"]},`, 1)

// echo answers with the content of the request.
func (e *edge) echo() {
	e.does(func(r *origin.Request) (*origin.Response, error) {
		return e.response(200, r.Method+" "+r.Header.Get("Content-Type")+" "+string(r.Content)), nil
	})
}

func TestTheContentOfAQUERYIsInItsKey(t *testing.T) {
	e := newEdgeWith(t, queryConfig)
	e.echo()
	ask := func(content, kind, want string) {
		t.Helper()
		e.request("QUERY", "/ask/", content, "Content-Type: "+kind).want(200, want, anything)
	}
	for range 2 { // the second time from the cache
		ask("a", "text/plain", "QUERY text/plain a")
		ask("b", "text/plain", "QUERY text/plain b")
		ask("a", "application/sql", "QUERY application/sql a")
		e.get("/ask/").want(200, "GET  ", anything)
	}
	e.wantAsked(4)
	e.purge(`"keys":["asked"]`)
	ask("a", "text/plain", "QUERY text/plain a")
	e.wantAsked(1)
}

func TestAQUERYThatIsTooLargePassesThrough(t *testing.T) {
	e := newEdgeWith(t, queryConfig)
	large := strings.Repeat("a", maxQueryContent+1)
	e.does(func(r *origin.Request) (*origin.Response, error) {
		content, err := io.ReadAll(r.Body)
		if string(content) != large {
			t.Errorf("the origin gets %d bytes", len(content))
		}
		return e.response(204, ""), err
	})
	for range 2 {
		e.request("QUERY", "/ask/", large).want(204, "", "Larder; fwd=bypass; fwd-status=204; detail=query-content-too-large")
	}
	e.wantAsked(2)
}

func TestAQUERYThatNoRouteCachesPassesThrough(t *testing.T) {
	e := newEdge(t)
	e.does(func(*origin.Request) (*origin.Response, error) { return e.response(204, ""), nil })
	for range 2 {
		e.request("QUERY", "/posts/", "a").want(204, "", "Larder; fwd=method; fwd-status=204")
	}
	e.wantAsked(2)
}

func TestAQUERYsContentTypeOnTwoLinesIsAnother(t *testing.T) {
	e := newEdgeWith(t, queryConfig)
	e.echo()
	e.request("QUERY", "/ask/", "a", "Content-Type: text/plain").want(200, anything, anything)
	e.request("QUERY", "/ask/", "a", "Content-Type: text/", "Content-Type: plain").want(200, anything, anything)
	e.wantAsked(2)
}
