package handlers

import (
	"fmt"
	"testing"
)

func TestHEADSharesTheEntryOfGET(t *testing.T) {
	t.Run("of a stored GET has its header alone", func(t *testing.T) {
		e := newEdge(t)
		e.says(200, before)
		get := e.get("/posts/tea/")
		head := e.request("HEAD", "/posts/tea/", "")
		head.want(200, "", "Larder; hit; ttl=3600")
		head.wantHeader("Content-Length", fmt.Sprint(len(before)))
		head.wantHeader("Etag", get.header.Get("Etag"))
		if head.body != "" {
			t.Errorf("the body is %q", head.body)
		}
		e.wantAsked(1)
	})
	t.Run("that misses makes the next GET a hit", func(t *testing.T) {
		e := newEdge(t)
		e.says(200, before)
		head := e.request("HEAD", "/posts/tea/", "")
		head.want(200, "", "Larder; fwd=uri-miss; fwd-status=200; stored")
		if asked := e.lastAsked().Method; asked != "GET" || head.body != "" {
			t.Errorf("the origin is asked with %s, the body is %q", asked, head.body)
		}
		e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
	})
}

// HEAD and GET share entries, and so must share their keys.
func TestAHEADStoresTheKeysOfItsGETRoute(t *testing.T) {
	const file = `{
  "origins": [{"name": "primary", "host": "api.example"}],
  "lifetimes": {"ttl": "1h", "stale_if_error": "1d"},
  "routes": [
    {"name": "post", "path": "/posts/{slug}/", "methods": ["GET"], "keys": ["post:{slug}"],
     "items": [{"each": "data.author", "keys": ["author:{slug}"]}]},
    {"name": "rest", "path": "/{path...}"}
  ]
}`
	for _, key := range []string{"post:tea", "author:ada"} {
		e := newEdgeWith(t, file)
		e.says(200, before)
		e.request("HEAD", "/posts/tea/", "").want(200, "", anything)
		e.get("/posts/tea/").want(200, before, anything)
		e.says(200, after)
		e.purge(`"keys":["` + key + `"]`)
		e.get("/posts/tea/").want(200, after, anything)
	}
}
