package e2e

import (
	"strings"
	"testing"
)

// An edit moves a post into lists that do not have its key yet.
func TestAnEditedPostAppearsInTheListsThatSelectIt(t *testing.T) {
	const slug = "koji-in-a-picnic-box"
	for _, c := range []struct {
		name, edit, path string
	}{
		{"by a category", `{"categories":["fish"]}`, "/v2/posts/?category_slug=fish&page_size=100"},
		{"by a tag", `{"tags":["eggs"]}`, "/v2/posts/?tag_slug=eggs&page_size=100"},
		{"by an author", `{"author":"hal-brannigan"}`, "/v2/posts/?author_slug=hal-brannigan&page_size=100"},
		{"in a category with its recent posts", `{"categories":["bread"]}`, "/v2/categories/bread/?include=recent_posts"},
		{"in a tag with its recent posts", `{"tags":["citrus"]}`, "/v2/tags/citrus/?include=recent_posts"},
		{"in a feed of a category", `{"categories":["dairy"]}`, "/v2/feeds/rss/?category_slug=dairy"},
		{"by a search", `{"title":"Koji in Zanzibar"}`, "/v2/search/?query=zanzibar"},
		{"by a search as the official client asks", `{"summary":"A picnic in Samarkand."}`, "/v2/posts/search/?query=samarkand"},
	} {
		t.Run(c.name, func(t *testing.T) {
			edge, origin := begin(t)
			shows := func() bool { return strings.Contains(string(edge.get(t, c.path).body), slug) }
			if shows() {
				t.Fatal("the demo has changed: it shows the post already")
			}
			edge.get(t, c.path).wantHit(t)
			edge.get(t, "/v2/posts/?page=4").wantFetched(t)
			origin.write(t, "PATCH", "/v2/posts/"+slug+"/", c.edit)
			if !shows() {
				t.Error("it does not show the post")
			}
			edge.get(t, "/v2/posts/?page=4").wantHit(t)
		})
	}
}

func TestAnEditedPageAppearsInTheSearchThatFindsIt(t *testing.T) {
	edge, origin := begin(t)
	const path = "/v2/pages/search/?query=timbuktu"
	edge.get(t, path).wantFetched(t)
	edge.get(t, path).wantHit(t)
	origin.write(t, "PATCH", "/v2/pages/*/about/", `{"name":"About Timbuktu"}`)
	if got := edge.get(t, path); !strings.Contains(string(got.body), "Timbuktu") {
		t.Errorf("the search does not find the page: %v", got)
	}
}

// What an edit purges, as a webhook does.
func TestAnEditRefreshesListsInAnotherOrderOnly(t *testing.T) {
	edge, origin := beginScripted(t)
	origin.script("/things/", respond(`{"data":[{"slug":"a"}]}`))
	for _, path := range []string{"/things/", "/things/?page=2", "/things/?orderby=title", "/things/?orderby=title&page=2"} {
		edge.get(t, path).wantFetched(t)
	}
	if got := edge.purge(t, `{"keys":["thing:b","things:filtered"]}`); got.status != 200 {
		t.Fatal(got)
	}
	edge.get(t, "/things/").wantHit(t)
	edge.get(t, "/things/?page=2").wantHit(t)
	edge.get(t, "/things/?orderby=date").wantHit(t)
	edge.get(t, "/things/?orderby=title").wantFetched(t)
	edge.get(t, "/things/?orderby=title&page=2").wantFetched(t)
}

func TestAnItemAtAnyDepthIsPurgeable(t *testing.T) {
	edge, origin := beginScripted(t)
	const body = `{"data":{"slug":"top","blocks":[{"link":{"slug":"middle","author":{"slug":"inner"}}}]},"meta":{"slug":"outside"}}`
	origin.script("/deep/x/", respond(body))
	for _, slug := range []string{"top", "middle", "inner"} {
		edge.get(t, "/deep/x/")
		edge.get(t, "/deep/x/").wantHit(t)
		if got := edge.purge(t, `{"keys":["thing:`+slug+`"]}`); got.status != 200 {
			t.Fatal(got)
		}
		edge.get(t, "/deep/x/").wantFetched(t)
	}
	if got := edge.purge(t, `{"keys":["thing:outside"]}`); got.status != 200 {
		t.Fatal(got)
	}
	edge.get(t, "/deep/x/").wantHit(t)
}
