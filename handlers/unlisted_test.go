package handlers

import (
	"strings"
	"testing"

	"larder/origin"
)

// unlistedConfig is queryConfig with a word for unlisted parameters.
func unlistedConfig(word string) string {
	return strings.Replace(queryConfig, `"purge":`, `"ignore": ["utm_*"], "unlisted": "`+word+`", "purge":`, 1)
}

func TestARequestWithAnUnlistedParameterPassesThroughWhole(t *testing.T) {
	for _, method := range []string{"GET", "HEAD", "QUERY"} {
		t.Run(method, func(t *testing.T) {
			e := newEdgeWith(t, unlistedConfig("pass"))
			e.does(func(r *origin.Request) (*origin.Response, error) { return e.response(204, ""), nil })
			for range 2 {
				e.request(method, "/ask/?lang=%64e&utm_id=1", "", "Cookie: a=b").
					want(204, "", "Larder; fwd=bypass; fwd-status=204; detail=unlisted-parameter")
			}
			asked := e.lastAsked()
			if asked.Method != method || asked.Query != "lang=%64e&utm_id=1" || asked.Header.Get("Cookie") != "a=b" {
				t.Errorf("the origin is asked %s ?%s with %v", asked.Method, asked.Query, asked.Header)
			}
			e.wantAsked(2)
		})
	}
	t.Run("an ignored parameter alone is none", func(t *testing.T) {
		e := newEdgeWith(t, unlistedConfig("pass"))
		e.fill("/posts/tea/?utm_source=mail", before)
		e.get("/posts/tea/?utm_source=post").want(200, before, "Larder; hit; ttl=3600")
	})
}

func TestARequestWithAnUnlistedParameterIsRejected(t *testing.T) {
	for _, method := range []string{"GET", "HEAD", "QUERY"} {
		t.Run(method, func(t *testing.T) {
			e := newEdgeWith(t, unlistedConfig("reject"))
			r := e.request(method, "/ask/?utm_id=1&%3Clang%3E=de", "", "Origin: https://site.example")
			if method == "HEAD" {
				r.want(400, "", "Larder")
			} else if r.wantProblem(400, "unlisted-parameter"); !strings.Contains(r.body, "The route does not list %3Clang%3E.") {
				t.Errorf("the client gets %s", r.body)
			}
			r.wantHeader("Cache-Status", "Larder")
			r.wantHeader("Access-Control-Allow-Origin", "https://site.example")
			e.wantAsked(0)
		})
	}
	t.Run("a preview is none", func(t *testing.T) {
		e := newEdgeWith(t, unlistedConfig("reject"))
		e.says(200, before)
		e.get("/posts/tea/?lang=de&preview=1").want(200, before, "Larder; fwd=bypass; fwd-status=200")
	})
	t.Run("a method that the route does not cache", func(t *testing.T) {
		e := newEdgeWith(t, unlistedConfig("reject"))
		e.says(200, before)
		e.request("POST", "/posts/?lang=de", "{}").want(200, before, "Larder; fwd=method; fwd-status=200")
	})
}
