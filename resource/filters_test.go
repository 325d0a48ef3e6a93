package resource

import (
	"slices"
	"testing"

	"larder/config"
	"larder/surrogate"
)

// filtering is a configuration with filters of each kind.
const filtering = `{
  "origins": [{"name": "primary", "host": "api.example"}],
  "tenant": {"query": "auth_token"},
  "routes": [
    {"name": "posts", "path": "/posts/", "query": {"tag": null, "orderby": "date", "page": "1"}, "filters": ["tag", "orderby"], "keys": ["posts", "by:{query.tag}"]},
    {"name": "content", "path": "/content/", "query": {"*": null, "keys": null, "page": "1", "order": "asc"}, "filters": ["*", "order"], "keys": ["content:{query.keys}"]},
    {"name": "open", "path": "/open/", "query": {"*": null}, "filters": ["sort"], "keys": ["open"]},
    {"name": "all", "path": "/all/", "query": {"*": null}, "filters": ["*"], "keys": ["all"]}
  ]
}`

func TestARequestWithAFilterAlsoHasTheFilteredKeys(t *testing.T) {
	cfg, err := config.Parse([]byte(filtering))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, uri string
		want      []string
	}{
		{"no parameter", "/posts/", []string{"posts"}},
		{"a parameter that is no filter", "/posts/?page=2", []string{"posts"}},
		{"a parameter that the route does not list", "/posts/?sort=title", []string{"posts"}},
		{"a filter", "/posts/?tag=jam", []string{"posts", "posts:filtered", "by:jam", "by:jam:filtered"}},
		{"a filter without a value", "/posts/?tag", []string{"posts", "posts:filtered"}},
		{"a filter in another spelling", "/posts?%74ag=jam", []string{"posts", "posts:filtered", "by:jam", "by:jam:filtered"}},
		{"several values", "/posts/?tag=jam,tea", []string{"posts", "posts:filtered", "by:jam,tea", "by:jam,tea:filtered", "by:jam", "by:jam:filtered", "by:tea", "by:tea:filtered"}},
		{"a filter with its default", "/posts/?orderby=date", []string{"posts"}},
		{"a filter with another value", "/posts/?orderby=title", []string{"posts", "posts:filtered"}},
		{"a filter with its default and another value", "/posts/?orderby=date&orderby=title", []string{"posts", "posts:filtered"}},
		{"a listed parameter beside a star", "/content/?keys=menu&page=2", []string{"content:menu"}},
		{"a parameter that a star stands for", "/content/?keys=menu&fields.name=x", []string{"content:menu", "content:menu:filtered"}},
		{"a filter beside a star", "/content/?keys=menu&order=desc", []string{"content:menu", "content:menu:filtered"}},
		{"the credential beside a star", "/content/?keys=menu&auth_token=x", []string{"content:menu"}},
		{"a filter in a query that is used as it is", "/open/?x=1&sort=title", []string{"open", "open:filtered"}},
		{"another parameter in a query that is used as it is", "/open/?x=1", []string{"open"}},
		{"any parameter in a query that is used as it is", "/all/?x", []string{"all", "all:filtered"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			asked := resourceOf(t, cfg, test.uri)
			i, _ := Match(cfg, "GET", asked.Path)
			set := surrogate.NewSet("")
			if !asked.AddKeys(set, &cfg.Routes[i]) {
				t.Fatal("it has too many keys")
			}
			if got := set.Keys(); !slices.Equal(got, test.want) {
				t.Errorf("the keys are %q, not %q", got, test.want)
			}
		})
	}
}
