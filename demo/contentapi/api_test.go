package contentapi_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"larder/demo/content"
	"larder/demo/contentapi"
)

// start serves the demo's content and returns its address.
func start(t testing.TB, options contentapi.Options) string {
	t.Helper()
	store, err := contentapi.Open("", content.Files())
	if err != nil {
		t.Fatal(err)
	}
	api := contentapi.New(store, options)
	server := httptest.NewServer(api)
	t.Cleanup(func() {
		server.Close()
		if err := api.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.URL
}

// client follows no redirects and decompresses nothing.
var client = &http.Client{
	Transport:     &http.Transport{DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// ask sends a request; headers are "Name: value".
func ask(t testing.TB, method, address, body string, headers ...string) (*http.Response, []byte) {
	t.Helper()
	request, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range headers {
		if name, value, found := strings.Cut(header, ": "); found {
			request.Header.Set(name, value)
		}
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, got
}

const (
	reader = "Authorization: Token demo-token"
	writer = "Authorization: Token demo-write-token"
)

// at finds a value in JSON by member names and array indices.
func at(t testing.TB, body []byte, path ...any) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		t.Fatalf("%v in %.200s", err, body)
	}
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[step]
		case int:
			array, _ := value.([]any)
			if step >= len(array) {
				return nil
			}
			value = array[step]
		}
	}
	return value
}

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
		{"a page has ten posts unless asked otherwise", "/v2/posts/", 200, []any{"data", 10}, nil},
		{"the first page has a next one", "/v2/posts/", 200, []any{"meta", "next_page"}, 2.0},
		{"the first page has no previous one", "/v2/posts/", 200, []any{"meta", "previous_page"}, nil},
		{"the last page has no next one", "/v2/posts/?page=7", 200, []any{"meta", "next_page"}, nil},
		{"the last page holds the rest", "/v2/posts/?page=7", 200, []any{"data", 1, "slug"}, "a-shelf-you-can-read"},
		{"a page behind the last is not found", "/v2/posts/?page=8", 404, []any{"detail"}, "Invalid page."},
		{"page zero is not found", "/v2/posts/?page=0", 404, []any{"detail"}, "Invalid page."},
		{"a page that is no number is not found", "/v2/posts/?page=two", 404, []any{"detail"}, "Invalid page."},
		{"a page size above a hundred becomes a hundred", "/v2/posts/?page_size=1000", 200, []any{"meta", "next_page"}, nil},
		{"offset and limit cut a window", "/v2/posts/?offset=60&limit=1", 200, []any{"data", 0, "slug"}, "crème-brûlée"},
		{"a list leaves bodies out when asked", "/v2/posts/?exclude_body=true", 200, []any{"data", 0, "body"}, nil},
		{"posts of an author", "/v2/posts/?author_slug=kenji-morishita&page_size=1", 200, []any{"data", 0, "author", "last_name"}, "Morishita"},
		{"posts of a category", "/v2/posts/?category_slug=fish", 200, []any{"meta", "count"}, 5.0},
		{"posts with a tag and of an author", "/v2/posts/?tag_slug=eggs&author_slug=ines-calder", 200, []any{"data", 0, "slug"}, "the-egg-shelf"},
		{"posts of an unknown author are none", "/v2/posts/?author_slug=nobody", 200, []any{"meta", "count"}, 0.0},
		{"drafts stay out of lists", "/v2/search/?query=jelly+hot-water", 200, []any{"meta", "count"}, 0.0},
		{"previews include drafts", "/v2/posts/notes-toward-a-pie/?preview=1", 200, []any{"data", "status"}, "draft"},
		{"a draft is not found without preview", "/v2/posts/notes-toward-a-pie/", 404, []any{"detail"}, "Not found."},
		{"a post has a revision", "/v2/posts/sharp-enough/", 200, []any{"data", "revision"}, 1.0},
		{"a post shows the one after it", "/v2/posts/sharp-enough/", 200, []any{"meta", "next_post", "slug"}, "seven-at-table"},
		{"a post shows the one before it", "/v2/posts/sharp-enough/", 200, []any{"meta", "previous_post", "slug"}, "🍋-season"},
		{"the newest post has none after it", "/v2/posts/a-jar-for-the-road/", 200, []any{"meta", "next_post"}, nil},
		{"a slug outside ASCII works percent-encoded", "/v2/posts/%E5%91%B3%E5%99%8C/", 200, []any{"data", "slug"}, "味噌"},
		{"an apostrophe and an emoji survive", "/v2/posts/the-grocer's-thumb/", 200, []any{"meta", "next_post", "title"}, "Lemons in the dark months 🍋"},
		{"an unknown post is not found", "/v2/posts/nope/", 404, []any{"detail"}, "Not found."},
		{"search needs all words", "/v2/search/?query=lemon+SALT+winter", 200, []any{"data", 0, "slug"}, "winter-salad-from-a-sack"},
		{"search is there under posts too", "/v2/posts/search/?query=koji", 200, []any{"data", 0, "slug"}, "koji-in-a-picnic-box"},
		{"a percent sign is searched as itself", "/v2/search/?query=%25", 200, []any{"meta", "count"}, 0.0},
		{"search without words is refused", "/v2/search/", 400, []any{"query", 0}, "This field is required."},
		{"pages of a type", "/v2/pages/recipe_page/", 200, []any{"meta", "count"}, 10.0},
		{"a single page", "/v2/pages/*/about/", 200, []any{"data", "fields", "headline"}, "Who writes here"},
		{"an unknown page type is not found", "/v2/pages/poem/", 404, []any{"detail"}, "Not found."},
		{"pages can be searched within a type", "/v2/pages/search/?query=cabbage&page_type=recipe_page", 200, []any{"data", 0, "slug"}, "braised-red-cabbage"},
		{"collections by keys", "/v2/content/?keys=menu_items,suppliers", 200, []any{"data", "suppliers", 11, "name"}, "Grünwald Gärtnerei"},
		{"an item carries its identity", "/v2/content/?keys=menu_items", 200, []any{"data", "menu_items", 0, "meta", "id"}, 1.0},
		{"one item of a collection", "/v2/content/?keys=menu_items[_id=3]", 200, []any{"data", "menu_items", 0, "name"}, "Split pea soup with ham"},
		{"keys in the path, as the official client has them", "/v2/content/menu_items,suppliers/?page_size=5&page=5", 200, []any{"data", "menu_items", 4, "name"}, "Three cheeses, rye"},
		{"an unknown collection is not found", "/v2/content/?keys=poems", 404, []any{"detail"}, "Not found."},
		{"content without keys is refused", "/v2/content/", 400, []any{"keys", 0}, "This field is required."},
		{"a malformed item is refused", "/v2/content/?keys=a[_id=x]", 400, []any{"keys", 0}, `want an item such as products[_id=12]; got "a[_id=x]"`},
		{"authors", "/v2/authors/", 200, []any{"data", 7, "slug"}, "tobias-wren"},
		{"an author without posts unless asked", "/v2/authors/hal-brannigan/", 200, []any{"data", "recent_posts"}, nil},
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

func TestTokens(t *testing.T) {
	base := start(t, contentapi.Options{})
	tests := []struct {
		name, method, path, header string
		status                     int
		count                      any
	}{
		{"no token", "GET", "/v2/posts/", "", 401, nil},
		{"a wrong token", "GET", "/v2/posts/?auth_token=guess", "", 401, nil},
		{"a token in the query", "GET", "/v2/posts/?auth_token=demo-token", "", 200, 62.0},
		{"a token in the header", "GET", "/v2/posts/", reader, 200, 62.0},
		{"another scheme than Token", "GET", "/v2/posts/", "Authorization: Bearer demo-token", 401, nil},
		{"the second tenant sees its own posts", "GET", "/v2/posts/?auth_token=second-token", "", 200, 3.0},
		{"a write token does not read", "GET", "/v2/posts/", writer, 401, nil},
		{"a read token does not write", "DELETE", "/v2/posts/sharp-enough/", reader, 401, nil},
		{"one tenant cannot delete another's post", "DELETE", "/v2/posts/sharp-enough/", "Authorization: Token second-write-token", 404, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			response, body := ask(t, test.method, base+test.path, "", test.header)
			if response.StatusCode != test.status {
				t.Fatalf("status %d, want %d: %s", response.StatusCode, test.status, body)
			}
			if got := at(t, body, "meta", "count"); got != test.count {
				t.Errorf("count %v, want %v", got, test.count)
			}
			if got := at(t, body, "detail"); test.status == 401 && got != "Invalid token." {
				t.Errorf("detail %v", got)
			}
		})
	}
	t.Run("the same slug is another post for another tenant", func(t *testing.T) {
		_, one := ask(t, "GET", base+"/v2/posts/a-shelf-you-can-read/?auth_token=demo-token", "")
		_, two := ask(t, "GET", base+"/v2/posts/a-shelf-you-can-read/?auth_token=second-token", "")
		if at(t, one, "data", "title") == at(t, two, "data", "title") {
			t.Error("both tenants got the same post")
		}
	})
}

func TestMethodsAndRedirects(t *testing.T) {
	base := start(t, contentapi.Options{})
	tests := []struct {
		name, method, path string
		status             int
		header, want       string
	}{
		{"a missing slash is redirected with its query", "GET", "/v2/posts?page=2", 301, "Location", "/v2/posts/?page=2"},
		{"a redirect keeps the encoding", "GET", "/v2/posts/%E5%91%B3", 301, "Location", "/v2/posts/%E5%91%B3/"},
		{"an edit is redirected with its method", "PATCH", "/v2/posts/x", 308, "Location", "/v2/posts/x/"},
		{"an unknown method says which are allowed", "DELETE", "/v2/posts/", 405, "Allow", "GET, HEAD, POST"},
		{"HEAD has the length of GET", "HEAD", "/v2/tags/eggs/", 200, "Content-Length", "38"},
		{"a primary says so", "GET", "/v2/tags/eggs/", 200, "X-Origin", "primary"},
		{"a preview is nobody's to keep", "GET", "/v2/tags/eggs/?preview=1", 200, "Cache-Control", "private, no-store"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			response, _ := ask(t, test.method, base+test.path, "", reader)
			if response.StatusCode != test.status {
				t.Fatalf("status %d, want %d", response.StatusCode, test.status)
			}
			if got := response.Header.Get(test.header); got != test.want {
				t.Errorf("%s: %q, want %q", test.header, got, test.want)
			}
		})
	}
}

func TestConditionalRequests(t *testing.T) {
	base := start(t, contentapi.Options{})
	address := base + "/v2/posts/sharp-enough/"
	plain, _ := ask(t, "GET", address, "", reader)
	packed, _ := ask(t, "GET", address, "", reader, "Accept-Encoding: gzip")
	etag, date := plain.Header.Get("ETag"), plain.Header.Get("Last-Modified")
	if etag == packed.Header.Get("ETag") {
		t.Error("a strong ETag must differ between codings")
	}
	tests := []struct {
		name, header string
		status       int
	}{
		{"the ETag matches", "If-None-Match: " + etag, 304},
		{"the other coding's ETag matches", "If-None-Match: " + packed.Header.Get("ETag"), 304},
		{"a weak copy of the ETag matches", "If-None-Match: W/" + etag, 304},
		{"one of several matches", `If-None-Match: "a", ` + etag, 304},
		{"a star matches", "If-None-Match: *", 304},
		{"another ETag does not", `If-None-Match: "a"`, 200},
		{"the date matches", "If-Modified-Since: " + date, 304},
		{"an older date does not", "If-Modified-Since: Mon, 01 Jan 2024 00:00:00 GMT", 200},
		{"a date that is none does not", "If-Modified-Since: yesterday", 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			response, body := ask(t, "GET", address, "", reader, test.header)
			if response.StatusCode != test.status {
				t.Fatalf("status %d, want %d", response.StatusCode, test.status)
			}
			if test.status == 304 && len(body) > 0 {
				t.Errorf("304 with a body: %s", body)
			}
		})
	}
	t.Run("If-None-Match rules out the date", func(t *testing.T) {
		response, _ := ask(t, "GET", address, "", reader, `If-None-Match: "a"`, "If-Modified-Since: "+date)
		if response.StatusCode != 200 {
			t.Errorf("status %d", response.StatusCode)
		}
	})
	t.Run("an edit changes the ETag of the neighbours that show it", func(t *testing.T) {
		ask(t, "PATCH", base+"/v2/posts/seven-at-table/", `{"title":"Eight at table"}`, writer)
		response, body := ask(t, "GET", address, "", reader, "If-None-Match: "+etag)
		if response.StatusCode != 200 || at(t, body, "meta", "next_post", "title") != "Eight at table" {
			t.Errorf("status %d: %s", response.StatusCode, body)
		}
	})
}

func TestGzip(t *testing.T) {
	base := start(t, contentapi.Options{})
	_, plain := ask(t, "GET", base+"/v2/posts/", "", reader)
	for accept, want := range map[string]string{"gzip": "gzip", "br, gzip;q=0.5": "gzip", "*": "gzip", "gzip;q=0": "", "br": "", "": ""} {
		t.Run("Accept-Encoding "+accept, func(t *testing.T) {
			response, body := ask(t, "GET", base+"/v2/posts/", "", reader, "Accept-Encoding: "+accept)
			if got := response.Header.Get("Content-Encoding"); got != want {
				t.Fatalf("Content-Encoding %q, want %q", got, want)
			}
			if want == "gzip" {
				unpack, err := gzip.NewReader(bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				if body, err = io.ReadAll(unpack); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(body, plain) {
				t.Error("another body")
			}
		})
	}
}

func TestStandbyIsReadOnlyAndEqual(t *testing.T) {
	primary, standby := start(t, contentapi.Options{}), start(t, contentapi.Options{Standby: true})
	one, _ := ask(t, "GET", primary+"/v2/posts/", "", reader)
	two, _ := ask(t, "GET", standby+"/v2/posts/", "", reader)
	if one.Header.Get("ETag") != two.Header.Get("ETag") {
		t.Error("the replica has other content")
	}
	if got := two.Header.Get("X-Origin"); got != "standby" {
		t.Errorf("X-Origin %q", got)
	}
	response, _ := ask(t, "DELETE", standby+"/v2/posts/sharp-enough/", "", writer)
	if response.StatusCode != 403 {
		t.Errorf("a standby took an edit: %d", response.StatusCode)
	}
}
