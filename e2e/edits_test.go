package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// everyPath lists the answers of the demo that may contain a post: all posts,
// all pages of their list, and everything that is grouped by people and terms.
func everyPath(t *testing.T, origin api) []string {
	t.Helper()
	paths := []string{
		"/v2/posts/?page_size=100",
		"/v2/authors/", "/v2/authors/?include=recent_posts",
		"/v2/categories/", "/v2/categories/?include=recent_posts",
		"/v2/tags/", "/v2/tags/?include=recent_posts",
		"/v2/search/?query=salt", "/v2/search/?query=miso", "/v2/posts/search/?query=jar",
		"/v2/posts/?author_slug=ines-calder", "/v2/posts/?category_slug=pantry", "/v2/posts/?exclude_body=true",
	}
	for page := 1; page <= 6; page++ {
		paths = append(paths, fmt.Sprintf("/v2/posts/?page=%d", page))
	}
	for _, kind := range []struct{ path, with string }{
		{"/v2/posts/", ""},
		{"/v2/authors/", "?include=recent_posts"},
		{"/v2/categories/", "?include=recent_posts"},
		{"/v2/tags/", "?include=recent_posts"},
		{"/v2/authors/", ""},
	} {
		for _, slug := range slugs(t, origin, kind.path) {
			paths = append(paths, kind.path+url.PathEscape(slug)+"/"+kind.with)
		}
	}
	return paths
}

// slugs reads the items of a list from the demo itself.
func slugs(t *testing.T, origin api, path string) []string {
	t.Helper()
	var list struct{ Data []struct{ Slug string } }
	body := origin.control(t, "GET", path+"?page_size=100&auth_token="+demoToken, "")
	if err := json.Unmarshal(body, &list); err != nil {
		t.Fatal(err)
	}
	all := make([]string, len(list.Data))
	for i, item := range list.Data {
		all[i] = item.Slug
	}
	return all
}

// selects reports whether an edit may move a post into the answer for a path.
func selects(path string) bool {
	for _, part := range []string{"search", "_slug=", "include=recent_posts", "feeds"} {
		if strings.Contains(path, part) {
			return true
		}
	}
	return false
}

func TestAnEditRefreshesExactlyTheAnswersThatContainOrSelectTheItem(t *testing.T) {
	edge, origin := begin(t)
	const slug = "koji-in-a-picnic-box"
	contains := map[string]bool{}
	for _, path := range everyPath(t, origin) {
		body := edge.get(t, path).wantFetched(t).body
		contains[path] = selects(path) || strings.Contains(string(body), `"slug":"`+slug+`"`)
	}
	edge.get(t, "/v2/posts/a-shelf-you-can-read/", as(otherToken)).wantFetched(t)

	for _, must := range []struct {
		path string
		has  bool
	}{
		{"/v2/posts/" + slug + "/", true},
		{"/v2/posts/?page=2", true},
		{"/v2/posts/?page=4", false},
		{"/v2/authors/?include=recent_posts", true},
		{"/v2/authors/", false},
		{"/v2/posts/asparagus-in-eight-weeks/", false},
		{"/v2/posts/anchovies-and-their-uses/", true}, // the neighbours
		{"/v2/posts/the-cupboard-under-the-stairs/", true},
	} {
		if has, asked := contains[must.path]; !asked || has != must.has {
			t.Fatalf("the demo has changed: that %s contains or selects the post is %v, want %v", must.path, has, must.has)
		}
	}

	for round, summary := range []string{"Edited once.", "Edited twice."} {
		origin.edit(t, slug, summary)
		origin.resetCounts(t)
		for path, has := range contains {
			got := edge.get(t, path)
			if !has {
				got.wantHit(t)
				continue
			}
			got.wantFetched(t)
			if path == "/v2/posts/"+slug+"/" && got.summary(t) != summary {
				t.Errorf("round %d: the post's summary is %q", round, got.summary(t))
			}
		}
		edge.get(t, "/v2/posts/a-shelf-you-can-read/", as(otherToken)).wantHit(t)
		for path, has := range contains {
			if got := origin.reads(t, path); has != (got == 1) {
				t.Errorf("round %d: the origin received %d requests for %s", round, got, path)
			}
		}
	}
}

func TestAnEditRefreshesTheFeedThatShowsTheItem(t *testing.T) {
	edge, origin := begin(t)
	edge.get(t, "/v2/feeds/rss/").wantFetched(t)
	origin.edit(t, "koji-in-a-picnic-box", "A summary that feeds show.")
	if got := edge.get(t, "/v2/feeds/rss/"); !strings.Contains(string(got.body), "A summary that feeds show.") {
		t.Errorf("the feed still shows the old summary: %v", got)
	}
}

func TestAfterAnEditTwentyRequestsAtOnceCostOneFetchAndAllGetTheNewContent(t *testing.T) {
	edge, origin := begin(t)
	const slug, path = "toast-considered", "/v2/posts/toast-considered/"
	edge.get(t, path).wantFetched(t)
	for _, summary := range []string{"First.", "Second.", "Third."} {
		origin.edit(t, slug, summary)
		origin.fail(t, `{"delay_ms": 300, "path_prefix": "/v2/posts/toast-considered/"}`)
		origin.resetCounts(t)
		for _, each := range edge.together(t, 20, path) {
			if each.status != 200 || each.summary(t) != summary {
				t.Errorf("an answer after the edit is not the new one: %v", each)
			}
		}
		if got := origin.reads(t, path); got != 1 {
			t.Errorf("the origin received %d requests, want one", got)
		}
		origin.heal(t)
	}
}

func TestAFetchThatAPurgeOvertakesDoesNotBringOldContentBack(t *testing.T) {
	edge, origin := begin(t)
	const slug, path = "toast-considered", "/v2/posts/toast-considered/"
	origin.edit(t, slug, "Before.")
	// The demo reads its database after the delay, so a slow drip is what lets
	// an edit come between reading and sending.
	origin.fail(t, `{"delay_ms_body": 50, "drip_bytes": 256, "path_prefix": "/v2/posts/toast-considered/", "count": 1}`)
	slow := make(chan answer, 1)
	go func() {
		got, _ := edge.try(path)
		slow <- got
	}()
	eventually(t, "the slow fetch began", func() bool { return origin.reads(t, path) == 1 })
	origin.edit(t, slug, "After.")
	if got := edge.get(t, path); got.status != 200 || got.summary(t) != "After." {
		t.Errorf("a request after the edit got the old post: %v", got)
	}
	<-slow
	if got := edge.get(t, path); got.status != 200 || got.summary(t) != "After." {
		t.Errorf("the overtaken fetch brought the old post back: %v", got)
	}
}

func TestANewPostAppearsInTheListsAndADeletedOneVanishes(t *testing.T) {
	edge, origin := begin(t)
	const slug, path = "brand-new", "/v2/posts/brand-new/"
	list := func() string { return string(edge.get(t, "/v2/posts/").body) }

	missing := edge.get(t, path)
	if missing.status != 404 || !missing.cache.stored {
		t.Fatalf("an unknown post is no stored 404: %v", missing)
	}
	if again := edge.get(t, path); again.status != 404 || !again.cache.hit {
		t.Errorf("the 404 was not stored: %v", again)
	}
	if strings.Contains(list(), slug) {
		t.Fatal("the list has the post before it exists")
	}

	origin.write(t, "POST", "/v2/posts/", `{"title":"Brand new","slug":"brand-new","status":"published"}`)
	if got := edge.get(t, path); got.status != 200 {
		t.Errorf("publishing did not purge the post's 404: %v", got)
	}
	if !strings.Contains(list(), slug) {
		t.Error("the list lacks the new post")
	}

	origin.write(t, "DELETE", path, "")
	if got := edge.get(t, path); got.status != 404 {
		t.Errorf("the deleted post still answers: %v", got)
	}
	if strings.Contains(list(), slug) {
		t.Error("the list still has the deleted post")
	}
}
