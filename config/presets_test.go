package config

import (
	"slices"
	"testing"
)

// find returns the first route of a preset that matches a path, and what the
// path's variables are.
func find(t *testing.T, c *Config, path string) (Route, func(string) (string, bool)) {
	t.Helper()
	for _, r := range c.Routes {
		values, ok := r.Path.Match(path, nil)
		if !ok {
			continue
		}
		return r, func(name string) (string, bool) {
			i := slices.Index(r.Path.Variables(), name)
			if i < 0 {
				return "", false
			}
			return values[i], true
		}
	}
	t.Fatalf("no route for %s", path)
	return Route{}, nil
}

// answers are shaped as the API's documentation shows them.
func TestPresetsNameWhatAnAnswerContains(t *testing.T) {
	const (
		butter    = "larder.json"
		wordpress = "wordpress.json"
		jam       = `{"slug":"jam","author":{"slug":"ann"},"categories":[{"slug":"sweet"}],"tags":[{"slug":"fruit"},{"slug":"sugar"}]}`
		wpPost    = `{"id":7,"author":3,"featured_media":12,"categories":[1,4],"tags":[9],
			"_embedded":{"author":[{"id":3}],"wp:featuredmedia":[{"id":12}],
			"wp:term":[[{"id":1,"taxonomy":"category"},{"id":4,"taxonomy":"category"}],[{"id":9,"taxonomy":"post_tag"}]]}}`
	)
	var (
		ofJam  = []string{"author:ann", "category:sweet", "post:jam", "tag:fruit", "tag:sugar"}
		ofPost = []string{"category:1", "category:4", "comments:7", "id:category:1", "id:category:4", "id:media:12", "id:post_tag:9", "id:user:3",
			"media:12", "post:7", "post_tag:9", "user:3"}
	)
	tests := []struct {
		name, preset, path, route, body string
		keys                            []string // of the items in the body
	}{
		{"a list of posts", butter, "/v2/posts", "posts", `{"meta":{"count":1},"data":[` + jam + `]}`, ofJam},
		{"an empty list of posts", butter, "/v2/posts/", "posts", `{"meta":{"count":0},"data":[]}`, nil},
		{"a post and its neighbours", butter, "/v2/posts/jam/", "post",
			`{"meta":{"next_post":{"slug":"kale"},"previous_post":null},"data":` + jam + `}`,
			append([]string{"post:kale"}, ofJam...)},
		{"a search for posts", butter, "/v2/search/", "search", `{"data":[` + jam + `]}`, ofJam},
		{"a search as the official client asks", butter, "/v2/posts/search/", "posts-search", `{"data":[` + jam + `]}`, ofJam},
		{"pages of a type", butter, "/v2/pages/recipe/", "pages",
			`{"data":[{"slug":"a","page_type":"recipe","fields":{"title":"A"}},{"slug":"b","page_type":"recipe","fields":{"title":"B"}}]}`,
			[]string{"page:recipe/a", "page:recipe/b", "pages:recipe"}},
		{"pages of no type", butter, "/v2/pages/*/", "pages", `{"data":[{"slug":"home","page_type":null}]}`, []string{"page:*/home"}},
		{"a page and what it refers to", butter, "/v2/pages/recipe/a/", "page",
			`{"data":{"slug":"a","page_type":"recipe","fields":{"cook":{"meta":{"id":5},"name":"Ann"},
				"more":[{"slug":"b","page_type":"recipe","fields":{"dish":[{"meta":{"id":6},"farm":{"meta":{"id":7},
					"next":{"slug":"c","page_type":"recipe","fields":{"shop":{"meta":{"id":8}}}}}}]}}]}}}`,
			[]string{"item:5", "item:6", "item:7", "item:8", "page:recipe/a", "page:recipe/b", "page:recipe/c"}},
		{"a page that refers to nothing", butter, "/v2/pages/recipe/a/", "page",
			`{"data":{"slug":"a","page_type":"recipe","fields":{"title":"A"}}}`, []string{"page:recipe/a"}},
		{"a search for pages", butter, "/v2/pages/search/", "pages-search", `{"data":[{"slug":"a","page_type":"recipe"}]}`, []string{"page:recipe/a"}},
		{"collections", butter, "/v2/content/", "content",
			`{"meta":{"count":2},"data":{"menu":[{"meta":{"id":1},"dish":"Pie","cook":{"meta":{"id":9},"farm":{"meta":{"id":10}}}}],"suppliers":[{"meta":{"id":2}}]}}`,
			[]string{"content:menu", "content:suppliers", "item:9", "item:10", "item:menu/1", "item:suppliers/2"}},
		{"a collection by its path", butter, "/v2/content/menu/", "collection",
			`{"data":{"menu":[{"meta":{"id":1}}]}}`, []string{"content:menu", "item:menu/1"}},
		{"authors", butter, "/v2/authors/", "authors", `{"data":[{"slug":"ann"},{"slug":"bob"}]}`, []string{"author:ann", "author:bob"}},
		{"an author with recent posts", butter, "/v2/authors/ann/", "author", `{"data":{"slug":"ann","recent_posts":[{"slug":"jam"}]}}`, []string{"author:ann", "post:jam"}},
		{"a category with recent posts", butter, "/v2/categories/sweet/", "category",
			`{"data":{"slug":"sweet","recent_posts":[` + jam + `]}}`, ofJam},
		{"a tag", butter, "/v2/tags/fruit/", "tag", `{"data":{"slug":"fruit"}}`, []string{"tag:fruit"}},
		{"a feed", butter, "/v2/feeds/rss/", "feed", `{"data":"<?xml version=\"1.0\"?>"}`, nil},

		{"posts of WordPress", wordpress, "/wp-json/wp/v2/posts", "posts", `[` + wpPost + `]`, ofPost},
		{"a post of WordPress", wordpress, "/wp-json/wp/v2/posts/7/", "post", wpPost, ofPost},
		{"categories of WordPress", wordpress, "/wp-json/wp/v2/categories", "categories", `[{"id":1},{"id":4}]`, []string{"category:1", "category:4", "count:category:1", "count:category:4"}},
		{"a tag of WordPress", wordpress, "/wp-json/wp/v2/tags/9", "tag", `{"id":9}`, []string{"count:post_tag:9", "post_tag:9"}},
		{"a search of WordPress", wordpress, "/wp-json/wp/v2/search", "search",
			`[{"id":7,"type":"post","subtype":"post"},{"id":8,"type":"post","subtype":"page"}]`, []string{"page:8", "post:7", "post:8"}},
		{"comments of WordPress", wordpress, "/wp-json/wp/v2/comments", "comments",
			`[{"id":5,"post":7,"author":0,"parent":4}]`, []string{"comment:5", "comments:7", "id:comment:4", "user:0"}},

		{"anything", "follow-origin.json", "/any/thing", "all", `{"slug":"jam"}`, nil},
	}
	files := presets(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			route, variable := find(t, parse(t, string(files[test.preset])), test.path)
			if route.Name != test.route {
				t.Fatalf("route %q", route.Name)
			}
			keys, err := route.Items.Keys([]byte(test.body), variable)
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(keys)
			if keys = slices.Compact(keys); !slices.Equal(keys, slices.Compact(slices.Sorted(slices.Values(test.keys)))) {
				t.Errorf("got  %q\nwant %q", keys, test.keys)
			}
		})
	}
}

// A preview must never be stored, whatever its value.
func TestPresetsNeverStorePreviews(t *testing.T) {
	files := presets(t)
	for _, name := range []string{"larder.json", "wordpress.json"} {
		for _, r := range parse(t, string(files[name])).Routes {
			if !slices.Contains(r.Bypass, Condition{Parameter: "preview", Value: "*"}) {
				t.Errorf("%s: route %q stores previews", name, r.Name)
			}
		}
	}
}

// A page needs Retry-After to wait and the ETag to revalidate its own copy.
func TestPresetsLetPagesWaitAndRevalidate(t *testing.T) {
	for name, data := range presets(t) {
		cors := parse(t, string(data)).CORS
		if cors == nil {
			continue
		}
		for _, header := range []string{"Etag", "Retry-After"} {
			if !slices.Contains(cors.Expose, header) {
				t.Errorf("%s hides %s", name, header)
			}
		}
		if !slices.Contains(cors.Headers, "If-None-Match") {
			t.Errorf("%s forbids If-None-Match", name)
		}
	}
}
