package handlers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"larder/config"
)

// tagged returns an edge whose route "posts" has these parameters and keys.
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
		{"stated twice", `{"tag": null}`, `["posts:{query.tag}"]`, "/posts/?tag=a&tag=b", []string{"posts:a", "posts:b"}},
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

func TestAnAnswerWithTooManyKeysIsPurgedByAnyOfThem(t *testing.T) {
	e := tagged(t, `{"tag": null, "by": null}`, `["{query.tag}:{query.by}"]`)
	var query []string
	for i := range 40 {
		query = append(query, fmt.Sprintf("tag=%d&by=%d", i, i))
	}
	uri := "/posts/?" + strings.Join(query, "&")
	e.says(200, before)
	e.get(uri).want(200, before, anything)
	e.says(200, after)
	e.purge(`"keys":["39:17"]`)
	e.get(uri).want(200, after, anything)
}

func TestAnEntryTaggedByOtherRulesIsFetchedAnew(t *testing.T) {
	e := newEdge(t)
	e.says(200, before, `Etag: "v1"`)
	e.get("/posts/tea/")
	cfg, err := config.Parse([]byte(strings.Replace(testConfig, `"keys": ["author:{slug}"]`, `"keys": ["author:{slug}", "writer:{slug}"]`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	e.use(func(p *Parts) { p.Config = cfg })
	e.purge(`"all":true`)
	e.says(200, before, `Etag: "v1"`)
	e.get("/posts/tea/").want(200, before, anything)
	if header := e.lastAsked().Header; header.Get("If-None-Match") != "" {
		t.Error("an entry with the wrong keys is validated")
	}
	e.says(200, after, `Etag: "v2"`)
	e.purge(`"keys":["writer:ada"]`)
	e.get("/posts/tea/").want(200, after, anything)
}

func TestA203IsTaggedAsA200(t *testing.T) {
	e := newEdge(t)
	e.says(203, before)
	e.get("/posts/tea/").want(203, before, anything)
	e.says(200, after)
	e.purge(`"keys":["author:ada"]`)
	e.get("/posts/tea/").want(200, after, anything)
}

func TestAByteOrderMarkIsAllowed(t *testing.T) {
	e := newEdge(t)
	e.says(200, "\ufeff"+before)
	e.get("/posts/tea/").want(200, "\ufeff"+before, anything)
	e.says(200, after)
	e.purge(`"keys":["author:ada"]`)
	e.get("/posts/tea/").want(200, after, anything)
}
