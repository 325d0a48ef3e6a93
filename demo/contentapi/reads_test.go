package contentapi_test

import (
	"strings"
	"testing"

	"larder/demo/contentapi"
)

func TestReads(t *testing.T) {
	base := start(t, contentapi.Options{})
	tests := []struct {
		name   string
		path   string
		status int
		at     []any
		want   any
	}{
		{"a list counts all published posts", "/v2/posts/", 200, []any{"meta", "count"}, 62.0},
		{"a list begins with the newest post", "/v2/posts/", 200, []any{"data", 0, "slug"}, "a-jar-for-the-road"},
		{"a page has ten posts by default", "/v2/posts/", 200, []any{"data", 10}, nil},
		{"the first page has a next one", "/v2/posts/", 200, []any{"meta", "next_page"}, 2.0},
		{"the first page has no previous one", "/v2/posts/", 200, []any{"meta", "previous_page"}, nil},
		{"the last page has no next one", "/v2/posts/?page=7", 200, []any{"meta", "next_page"}, nil},
		{"the last page holds the rest", "/v2/posts/?page=7", 200, []any{"data", 1, "slug"}, "a-shelf-you-can-read"},
		{"a page after the last is not found", "/v2/posts/?page=8", 404, []any{"detail"}, "Invalid page."},
		{"page zero is not found", "/v2/posts/?page=0", 404, []any{"detail"}, "Invalid page."},
		{"a page that is not a number is not found", "/v2/posts/?page=two", 404, []any{"detail"}, "Invalid page."},
		{"a page size above a hundred is clamped", "/v2/posts/?page_size=1000", 200, []any{"meta", "next_page"}, nil},
		{"offset and limit select a window", "/v2/posts/?offset=60&limit=1", 200, []any{"data", 0, "slug"}, "crème-brûlée"},
		{"exclude_body leaves out bodies", "/v2/posts/?exclude_body=true", 200, []any{"data", 0, "body"}, nil},
		{"posts of an author", "/v2/posts/?author_slug=kenji-morishita&page_size=1", 200, []any{"data", 0, "author", "last_name"}, "Morishita"},
		{"posts of a category", "/v2/posts/?category_slug=fish", 200, []any{"meta", "count"}, 5.0},
		{"posts with a tag and of an author", "/v2/posts/?tag_slug=eggs&author_slug=ines-calder", 200, []any{"data", 0, "slug"}, "the-egg-shelf"},
		{"posts of an unknown author are none", "/v2/posts/?author_slug=nobody", 200, []any{"meta", "count"}, 0.0},
		{"drafts are not in lists", "/v2/search/?query=jelly+hot-water", 200, []any{"meta", "count"}, 0.0},
		{"previews include drafts", "/v2/posts/notes-toward-a-pie/?preview=1", 200, []any{"data", "status"}, "draft"},
		{"a draft is not found without preview", "/v2/posts/notes-toward-a-pie/", 404, []any{"detail"}, "Not found."},
		{"a post has a revision", "/v2/posts/sharp-enough/", 200, []any{"data", "revision"}, 1.0},
		{"a post shows the next one", "/v2/posts/sharp-enough/", 200, []any{"meta", "next_post", "slug"}, "seven-at-table"},
		{"a post shows the previous one", "/v2/posts/sharp-enough/", 200, []any{"meta", "previous_post", "slug"}, "🍋-season"},
		{"the newest post has no next one", "/v2/posts/a-jar-for-the-road/", 200, []any{"meta", "next_post"}, nil},
		{"a slug outside ASCII works percent-encoded", "/v2/posts/%E5%91%B3%E5%99%8C/", 200, []any{"data", "slug"}, "味噌"},
		{"an apostrophe and an emoji survive", "/v2/posts/the-grocer's-thumb/", 200, []any{"meta", "next_post", "title"}, "Lemons in the dark months 🍋"},
		{"an unknown post is not found", "/v2/posts/nope/", 404, []any{"detail"}, "Not found."},
		{"search requires all words", "/v2/search/?query=lemon+SALT+winter", 200, []any{"data", 0, "slug"}, "winter-salad-from-a-sack"},
		{"search also exists under posts", "/v2/posts/search/?query=koji", 200, []any{"data", 0, "slug"}, "koji-in-a-picnic-box"},
		{"a percent sign is not a wildcard", "/v2/search/?query=%25", 200, []any{"meta", "count"}, 0.0},
		{"search without words is refused", "/v2/search/", 400, []any{"query", 0}, "This field is required."},
		{"pages of a type", "/v2/pages/recipe_page/", 200, []any{"meta", "count"}, 10.0},
		{"a single page", "/v2/pages/*/about/", 200, []any{"data", "fields", "headline"}, "Who writes here"},
		{"an unknown page type is not found", "/v2/pages/poem/", 404, []any{"detail"}, "Not found."},
		{"pages can be searched within a type", "/v2/pages/search/?query=cabbage&page_type=recipe_page", 200, []any{"data", 0, "slug"}, "braised-red-cabbage"},
		{"collections by keys", "/v2/content/?keys=menu_items,suppliers", 200, []any{"data", "suppliers", 11, "name"}, "Grünwald Gärtnerei"},
		{"an item has its ID", "/v2/content/?keys=menu_items", 200, []any{"data", "menu_items", 0, "meta", "id"}, 1.0},
		{"one item of a collection", "/v2/content/?keys=menu_items[_id=3]", 200, []any{"data", "menu_items", 0, "name"}, "Split pea soup with ham"},
		{"keys in the path, as the official client sends them", "/v2/content/menu_items,suppliers/?page_size=5&page=5", 200, []any{"data", "menu_items", 4, "name"}, "Three cheeses, rye"},
		{"an unknown collection is not found", "/v2/content/?keys=poems", 404, []any{"detail"}, "Not found."},
		{"content without keys is refused", "/v2/content/", 400, []any{"keys", 0}, "This field is required."},
		{"a malformed item is refused", "/v2/content/?keys=a[_id=x]", 400, []any{"keys", 0}, `want an item such as products[_id=12]; got "a[_id=x]"`},
		{"authors", "/v2/authors/", 200, []any{"data", 7, "slug"}, "tobias-wren"},
		{"an author has no posts by default", "/v2/authors/hal-brannigan/", 200, []any{"data", "recent_posts"}, nil},
		{"an author with recent posts", "/v2/authors/hal-brannigan/?include=recent_posts", 200, []any{"data", "recent_posts", 0, "slug"}, "the-second-rise"},
		{"categories", "/v2/categories/", 200, []any{"data", 11, "name"}, "Vegetables"},
		{"a category with recent posts", "/v2/categories/fish/?include=recent_posts", 200, []any{"data", "recent_posts", 4, "slug"}, "what-the-fishmonger-throws-away"},
		{"tags", "/v2/tags/", 200, []any{"data", 19, "slug"}, "winter"},
		{"a tag", "/v2/tags/one-pan/", 200, []any{"data", "name"}, "One pan"},
		{"an unknown feed is not found", "/v2/feeds/gopher/", 404, []any{"detail"}, "Not found."},
		{"an unknown path is not found", "/v2/poems/", 404, []any{"detail"}, "Not found."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			response, body := ask(t, "GET", base+test.path, "", reader)
			if response.StatusCode != test.status {
				t.Fatalf("status %d, want %d: %s", response.StatusCode, test.status, body)
			}
			if got := response.Header.Get("Content-Type"); got != "application/json" {
				t.Errorf("Content-Type %q", got)
			}
			if got := at(t, body, test.at...); got != test.want {
				t.Errorf("%v is %v, want %v", test.at, got, test.want)
			}
		})
	}
}

func TestFeedsAreXMLInJSON(t *testing.T) {
	base := start(t, contentapi.Options{})
	for feed, want := range map[string]string{"rss": "<rss ", "atom": "<feed ", "sitemap": "<urlset "} {
		t.Run(feed, func(t *testing.T) {
			_, body := ask(t, "GET", base+"/v2/feeds/"+feed+"/?category_slug=fish", "", reader)
			text, _ := at(t, body, "data").(string)
			if !strings.HasPrefix(text, "<?xml") || !strings.Contains(text, want) {
				t.Errorf("%.200s", text)
			}
			if got := strings.Count(text, "/blog/anchovies-and-their-uses/"); got == 0 {
				t.Error("the post about anchovies is missing")
			}
		})
	}
}
