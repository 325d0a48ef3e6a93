package e2e

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// Requests that mean the same share one entry, and so cost one fetch.
func TestEquivalentRequestsShareOneKey(t *testing.T) {
	for _, c := range []struct {
		name   string
		first  string
		same   []string
		origin string // as the origin is asked
	}{
		{
			"with and without the trailing slash",
			"/v2/posts/quince-patience",
			[]string{"/v2/posts/quince-patience/"},
			"/v2/posts/quince-patience/",
		},
		{
			"query parameters in any order, repeated, unlisted or saying a default",
			"/v2/posts/?page_size=5&category_slug=pantry",
			[]string{
				"/v2/posts/?category_slug=pantry&page_size=5",
				"/v2/posts/?category_slug=pantry&page_size=5&page_size=5",
				"/v2/posts/?utm_source=mail&category_slug=pantry&page_size=5&cb=123",
				"/v2/posts/?page=1&offset=0&exclude_body=false&category_slug=pantry&page_size=5",
				"/v2/posts/?&&category_slug=pantry&&page_size=5&",
				"/v2/posts/?c%61tegory_slug=p%61ntry&page_size=%35",
				"/v2/posts?category_slug=pantry&page_size=5",
			},
			"/v2/posts/?category_slug=pantry&page_size=5",
		},
		{
			"a plus and an encoded space",
			"/v2/search/?query=sea+salt",
			[]string{"/v2/search/?query=sea%20salt", "/v2/search/?page=1&query=sea%20s%61lt"},
			"/v2/search/?query=sea+salt",
		},
		{
			"letters that are encoded without need",
			"/v2/posts/quince-patience/",
			[]string{"/v2/posts/quince%2Dpatience/", "/v2/posts/%71uince-patienc%65/", "/v2/%70osts/quince%2dpatience"},
			"/v2/posts/quince-patience/",
		},
		{
			"a slug in Japanese, in capital and small hexadecimal digits",
			"/v2/posts/%E5%91%B3%E5%99%8C/",
			[]string{"/v2/posts/%e5%91%b3%e5%99%8c/", "/v2/posts/%e5%91%B3%E5%99%8c"},
			"/v2/posts/%E5%91%B3%E5%99%8C/",
		},
		{
			"a slug with a lemon",
			"/v2/posts/%F0%9F%8D%8B-season/",
			[]string{"/v2/posts/%f0%9f%8d%8b-season/", "/v2/posts/%F0%9F%8D%8B%2Dseason"},
			"/v2/posts/%F0%9F%8D%8B-season/",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			edge, origin := begin(t)
			first := edge.get(t, c.first).wantFetched(t)
			for _, path := range c.same {
				if got := edge.get(t, path).wantHit(t); !bytes.Equal(got.body, first.body) {
					t.Errorf("%s has another body", path)
				}
			}
			if got := origin.counts(t); got["GET "+c.origin] != 1 || len(got) != 1 {
				t.Errorf("the origin received %v, want one request for %s", got, c.origin)
			}
		})
	}
}

func TestRawUnicodeInThePathHasTheKeyOfItsEncoding(t *testing.T) {
	edge, origin := begin(t)
	edge.get(t, "/v2/posts/%E5%91%B3%E5%99%8C/").wantFetched(t)
	got := edge.raw(t, "GET /v2/posts/味噌/?auth_token="+demoToken+" HTTP/1.1\r\nHost: edge.example\r\nConnection: close\r\n\r\n")
	if got.status == http.StatusOK {
		got.wantHit(t)
	}
	if n := len(origin.counts(t)); n != 1 {
		t.Errorf("the origin received %v", origin.counts(t))
	}
}

func TestAnEditRefreshesAPostWhoseSlugIsEncoded(t *testing.T) {
	edge, origin := begin(t)
	for slug, path := range map[string]string{
		"味噌":                 "/v2/posts/%E5%91%B3%E5%99%8C/",
		"🍋-season":           "/v2/posts/%F0%9F%8D%8B-season/",
		"the-grocer's-thumb": "/v2/posts/the-grocer's-thumb/",
	} {
		edge.get(t, path).wantFetched(t)
		origin.edit(t, slug, "Edited "+slug+".")
		if got := edge.get(t, path).wantFetched(t); got.summary(t) != "Edited "+slug+"." {
			t.Errorf("%s is still the old one: %v", path, got)
		}
	}
}

func TestDifferentRequestsHaveDifferentKeys(t *testing.T) {
	edge, _ := begin(t)
	paths := []string{
		"/v2/posts/", "/v2/posts/?page=2", "/v2/posts/?page=2&page_size=5", "/v2/posts/?page_size=5",
		"/v2/posts/?exclude_body=true", "/v2/posts/?category_slug=pantry", "/v2/posts/?tag_slug=pantry",
		"/v2/search/?query=salt", "/v2/search/?query=Salt", "/v2/posts/search/?query=salt",
	}
	for _, path := range paths {
		edge.get(t, path).wantFetched(t)
	}
	for _, path := range paths {
		edge.get(t, path).wantHit(t)
	}
}

// An origin may use the first of a parameter's values, or the last, or all.
func TestADefaultValueIsKeptWhenTheParameterHasAnotherValueToo(t *testing.T) {
	edge, origin := beginScripted(t)
	origin.script("/things/", func(w http.ResponseWriter, r *http.Request) {
		respond(thing("list", strings.Join(r.URL.Query()["page"], ", then ")))(w, r)
	})
	for _, c := range []struct {
		query, pages string
		stored       bool
	}{
		{"?page=2", "2", false},
		{"?page=1&page=2", "1, then 2", false},
		{"?page=2&page=1", "2, then 1", false},
		{"?page=1", "", false},
		{"", "", true},
		{"?page=1&page=1", "", true},
		{"?page=2&page=2", "2", true},
		{"?page=1&page=2&page=1", "1, then 2", true},
	} {
		got := edge.get(t, "/things/"+c.query)
		if string(got.body) != thing("list", c.pages) || got.cache.hit != c.stored {
			t.Errorf("%q: want pages %q, stored already: %t; got %v", c.query, c.pages, c.stored, got)
		}
	}
}

// That includes a value that is only the default, and each of several values.
func TestAnAnswerCarriesTheKeyOfEveryValueOfAParameter(t *testing.T) {
	edge, origin := beginScripted(t)
	origin.script("/things/", respond(thing("list", "some")))
	all := []string{"/things/", "/things/?page=2", "/things/?page=1&page=2", "/things/?tag=a", "/things/?tag=a&tag=b", "/things/?tag=a,b"}
	for _, path := range all {
		edge.get(t, path).wantFetched(t)
	}
	for key, same := range map[string][]string{
		"page:2": {"/things/", "/things/?tag=a", "/things/?tag=a&tag=b", "/things/?tag=a,b"},
		"page:1": {"/things/?page=2"},
		"tag:a":  {"/things/", "/things/?page=2", "/things/?page=1&page=2"},
		"tag:b":  {"/things/", "/things/?page=2", "/things/?page=1&page=2", "/things/?tag=a"},
	} {
		if got := edge.purge(t, `{"keys":["`+key+`"]}`); got.status != http.StatusOK {
			t.Fatal(got)
		}
		for _, path := range all {
			if got := edge.get(t, path); got.cache.hit != slices.Contains(same, path) {
				t.Errorf("after a purge of %s, %s: %v", key, path, got)
			}
		}
	}
}

func TestTenantsNeverShareAnEntry(t *testing.T) {
	edge, origin := begin(t)
	const path = "/v2/posts/a-shelf-you-can-read/"
	first := edge.get(t, path).wantFetched(t)
	second := edge.get(t, path, as(otherToken)).wantFetched(t)
	if bytes.Equal(first.body, second.body) {
		t.Fatal("the demo has changed: both tenants have the same post")
	}
	header := edge.get(t, path, as(""), with("Authorization", "Token "+otherToken)).wantFetched(t)
	if !bytes.Equal(header.body, second.body) {
		t.Errorf("the token in a header opens other content: %v", header)
	}
	if got := edge.get(t, path).wantHit(t); !bytes.Equal(got.body, first.body) {
		t.Errorf("the first tenant got the second's post: %v", got)
	}
	if got := edge.get(t, path, as(otherToken)).wantHit(t); !bytes.Equal(got.body, second.body) {
		t.Errorf("the second tenant got the first's post: %v", got)
	}
	if got := edge.get(t, path, as("")); got.status != http.StatusUnauthorized {
		t.Errorf("without a token: %v", got)
	}
	// A second token in the query must not open what the first one stored.
	if got := edge.get(t, path+"?auth_token="+otherToken); got.cache.hit && bytes.Equal(got.body, first.body) {
		t.Errorf("two tokens in one request mix the tenants: %v", got)
	}

	if got := edge.purge(t, `{"keys":["post:a-shelf-you-can-read"]}`); got.status != http.StatusOK {
		t.Fatal(got)
	}
	edge.get(t, path, as(otherToken)).wantHit(t)
	edge.get(t, path).wantFetched(t)
	for request := range origin.counts(t) {
		if !strings.HasPrefix(request, "GET /v2/posts/a-shelf-you-can-read/") {
			t.Errorf("the origin received %s", request)
		}
	}
}
