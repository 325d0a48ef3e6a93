package handlers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"larder/config"
)

// keysOf returns the surrogate keys of an answer.
func keysOf(r reply) []string {
	r.t.Helper()
	return strings.Fields(r.header.Get("Surrogate-Key"))
}

// tagged makes the route "posts" have these parameters and keys.
func tagged(t *testing.T, query, keys string) *edge {
	t.Helper()
	return newEdgeWith(t, strings.Replace(testConfig, `"query": {"tag": null, "page": "1"}, "bypass": {"preview": "*"},
     "keys": ["posts"]`, `"query": `+query+`, "keys": `+keys, 1))
}

func TestAVariableGivesAKeyForEachOfItsValues(t *testing.T) {
	tests := []struct {
		name, query, keys, uri string
		want                   []string
	}{
		{"a value", `{"tag": null}`, `["posts:{query.tag}"]`, "/posts/?tag=a", []string{"posts:a"}},
		{"no value", `{"tag": null}`, `["posts:{query.tag}"]`, "/posts/", nil},
		{"the default, stated", `{"tag": "all"}`, `["posts:{query.tag}"]`, "/posts/?tag=all", []string{"posts:all"}},
		{"the default, left out", `{"tag": "all"}`, `["posts:{query.tag}"]`, "/posts/", []string{"posts:all"}},
		{"another one than the default", `{"tag": "all"}`, `["posts:{query.tag}"]`, "/posts/?tag=a", []string{"posts:a"}},
		{"given twice", `{"tag": null}`, `["posts:{query.tag}"]`, "/posts/?tag=a&tag=b", []string{"posts:a", "posts:b"}},
		{"a list", `{"tag": null}`, `["posts:{query.tag}"]`, "/posts/?tag=a,b", []string{"posts:a,b", "posts:a", "posts:b"}},
		{"two variables of two", `{"tag": null, "by": null}`, `["{query.tag}:{query.by}"]`, "/posts/?tag=a&tag=b&by=c&by=d",
			[]string{"a:c", "b:c", "a:d", "b:d"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := tagged(t, test.query, test.keys)
			e.says(200, `{"data":[]}`)
			keys := keysOf(e.get(test.uri, "Larder-Debug: 1"))
			own := slices.DeleteFunc(keys, func(key string) bool { return strings.HasPrefix(key, "larder-") })
			if !slices.Equal(own, test.want) {
				t.Errorf("the keys are %q, not %q", own, test.want)
			}
		})
	}
}

func TestAnAnswerUnderTooManyKeysIsPurgedByAnyOfThem(t *testing.T) {
	e := tagged(t, `{"tag": null, "by": null}`, `["{query.tag}:{query.by}"]`)
	var query []string
	for i := range 40 {
		query = append(query, fmt.Sprintf("tag=%d&by=%d", i, i))
	}
	uri := "/posts/?" + strings.Join(query, "&")
	e.says(200, before)
	e.get(uri).want(200, before, "")
	e.says(200, after)
	e.purge(`"keys":["39:17"]`)
	e.get(uri).want(200, after, "")
}

func TestA304AddsItsKeys(t *testing.T) {
	e := newEdge(t)
	e.says(200, before, `Etag: "v1"`, "Surrogate-Key: first")
	e.get("/posts/tea/")
	e.purge(`"keys":["first"]`)
	e.says(304, "", `Etag: "v1"`, "Surrogate-Key: later", "Cache-Tag: tag, another one")
	e.get("/posts/tea/").want(200, before, "")
	e.wantAsked(2)
	for _, key := range []string{"later", "another one", "first", "author:ada"} {
		e.purge(`"keys":["` + key + `"]`)
		e.get("/posts/tea/").want(200, before, "")
		e.wantAsked(1)
	}
}

func TestWhatOtherRulesHaveTaggedIsFetchedWhole(t *testing.T) {
	e := newEdge(t)
	e.says(200, before, `Etag: "v1"`)
	e.get("/posts/tea/")
	cfg, err := config.Parse([]byte(strings.Replace(testConfig, `"keys": ["author:{slug}"]`, `"keys": ["author:{slug}", "writer:{slug}"]`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	e.app.config, e.app.routes = cfg, make([]*route, len(cfg.Routes))
	e.purge(`"all":true`)
	e.says(200, before, `Etag: "v1"`)
	e.get("/posts/tea/").want(200, before, "")
	if header := e.lastAsked().Header; header.Get("If-None-Match") != "" {
		t.Error("the origin is asked to confirm what has the wrong keys")
	}
	e.says(200, after, `Etag: "v2"`)
	e.purge(`"keys":["writer:ada"]`)
	e.get("/posts/tea/").want(200, after, "")
}

func TestA203IsTaggedAsA200(t *testing.T) {
	e := newEdge(t)
	e.says(203, before)
	e.get("/posts/tea/").want(203, before, "")
	e.says(200, after)
	e.purge(`"keys":["author:ada"]`)
	e.get("/posts/tea/").want(200, after, "")
}

func TestWhatCannotBeTaggedIsNotKeptForItsOrigin(t *testing.T) {
	e := newEdgeWith(t, strings.Replace(testConfig, `{"name": "posts",`, `{"name": "posts", "lifetimes": {"ttl": "origin"},`, 1))
	for range 2 {
		e.says(200, `{"data":[]} and more`, aMinute)
		e.get("/posts/").want(200, `{"data":[]} and more`, `Larder; fwd=uri-miss; fwd-status=200; detail="not-stored; untagged"`)
		e.pass(passTime)
		e.wantAsked(1)
	}
}

func TestAByteOrderMarkIsNoMistake(t *testing.T) {
	e := newEdge(t)
	e.says(200, "\ufeff"+before)
	e.get("/posts/tea/").want(200, "\ufeff"+before, "")
	e.says(200, after)
	e.purge(`"keys":["author:ada"]`)
	e.get("/posts/tea/").want(200, after, "")
}

// HEAD and GET share what is kept, and so must share its keys.
func TestAHEADBringsTheKeysOfGETsRoute(t *testing.T) {
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
		e.request("HEAD", "/posts/tea/", "").want(200, "", "")
		e.get("/posts/tea/").want(200, before, "")
		e.says(200, after)
		e.purge(`"keys":["` + key + `"]`)
		e.get("/posts/tea/").want(200, after, "")
	}
}
