package main

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// An edit purges the filtered key of the lists that a hook's content names, and a
// publication the key itself (docs/purge.md). These requests need them.
func TestPresetsKeyTheListsThatAnEditMovesItemsInto(t *testing.T) {
	const butter, wordpress, strapi = "../../larder.json", "../../presets/wordpress.json", "../../presets/strapi.json"
	const wp = "/wp-json/wp/v2/"
	tests := []struct {
		preset, url string
		keys        string // of which those with ":filtered" are all
	}{
		{butter, "/v2/posts/?page=2&page_size=5&exclude_body=true", "posts"},
		{butter, "/v2/posts/?category_slug=fish", "posts posts:filtered"},
		{butter, "/v2/posts/?tag_slug=eggs&page=2", "posts posts:filtered"},
		{butter, "/v2/posts/?author_slug=ann", "posts posts:filtered"},
		{butter, "/v2/posts/search/?query=jam", "posts posts:filtered"},
		{butter, "/v2/search/?query=jam", "posts posts:filtered"},
		{butter, "/v2/feeds/rss/", "posts posts:filtered"},
		{butter, "/v2/posts/jam/", "post:jam"},
		{butter, "/v2/pages/recipe/?page=2&levels=3&limit=5", "pages:recipe"},
		{butter, "/v2/pages/recipe/?fields.cook=ann", "pages:recipe pages:recipe:filtered"},
		{butter, "/v2/pages/recipe/?order=title", "pages:recipe pages:recipe:filtered"},
		{butter, "/v2/pages/search/?query=jam", "pages pages:filtered"},
		{butter, "/v2/pages/recipe/jam/", "page:recipe/jam"},
		{butter, "/v2/content/?keys=menu&page=2&page_size=5", "content:menu"},
		{butter, "/v2/content/?keys=menu&fields.price=9", "content:menu content:menu:filtered"},
		{butter, "/v2/content/menu/?order=-price", "content:menu content:menu:filtered"},
		{butter, "/v2/authors/", "authors posts"},
		{butter, "/v2/authors/?include=recent_posts", "authors posts authors:filtered posts:filtered"},
		{butter, "/v2/authors/ann/?include=recent_posts", "author:ann posts author:ann:filtered posts:filtered"},
		{butter, "/v2/categories/?include=recent_posts", "categories posts categories:filtered posts:filtered"},
		{butter, "/v2/tags/eggs/?include=recent_posts", "tag:eggs posts tag:eggs:filtered posts:filtered"},

		{wordpress, wp + "posts?page=2&per_page=5&_embed&order=asc&context=view", "posts"},
		{wordpress, wp + "posts?include=1,2", "posts"},
		{wordpress, wp + "posts?orderby=title", "posts posts:filtered"},
		{wordpress, wp + "posts?orderby=date&status=publish", "posts"},
		{wordpress, wp + "posts?search=tea", "posts posts:filtered"},
		{wordpress, wp + "posts?categories=3", "posts posts:filtered"},
		{wordpress, wp + "posts?categories_exclude[]=3", "posts posts:filtered"},
		{wordpress, wp + "posts?author[]=2", "posts posts:filtered"},
		{wordpress, wp + "posts?sticky=true", "posts posts:filtered"},
		{wordpress, wp + "posts?slug=tea", "posts posts:filtered"},
		{wordpress, wp + "posts?modified_after=2026-01-01T00:00:00", "posts posts:filtered"},
		{wordpress, wp + "posts?before=2026-01-01T00:00:00", "posts posts:filtered"},
		{wordpress, wp + "pages?parent=2&orderby=menu_order", "pages pages:filtered"},
		{wordpress, wp + "media?parent=2", "media media:filtered"},
		{wordpress, wp + "comments?post=2", "comments comments:filtered"},
		{wordpress, wp + "categories", "categories"}, // by name: the plugin reports a new one as a publication
		{wordpress, wp + "categories?hide_empty=true", "categories categories:filtered"},
		{wordpress, wp + "tags?search=tea", "tags tags:filtered"},
		{wordpress, wp + "users", "users"},
		{wordpress, wp + "search?search=tea", "search search:filtered"},

		{strapi, "/api/articles?pagination[page]=2", "entries"},
		{strapi, "/api/articles?sort=title", "entries entries:filtered"},
		{strapi, "/api/articles?filters[category][name][$eq]=News", "entries entries:filtered"},
		{strapi, "/api/articles?populate[articles][filters][rank][$gt]=4", "entries entries:filtered"},
	}
	line := regexp.MustCompile(`(?m)^keys +(.*)$`)
	for _, test := range tests {
		var out, complaints bytes.Buffer
		if err := exec(t.Context(), []string{"explain", test.preset, test.url}, strings.NewReader(""), &out, &complaints); err != nil {
			t.Fatalf("%s: %v\n%s", test.url, err, &complaints)
		}
		got := strings.Fields(line.FindStringSubmatch(out.String())[1])
		want := strings.Fields(test.keys)
		for _, key := range want {
			if !slices.Contains(got, key) {
				t.Errorf("%s lacks the key %s: %q", test.url, key, got)
			}
		}
		for _, key := range got {
			if strings.HasSuffix(key, ":filtered") && !slices.Contains(want, key) {
				t.Errorf("%s has the key %s", test.url, key)
			}
		}
	}
}
