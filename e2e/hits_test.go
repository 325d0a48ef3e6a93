package e2e

import (
	"bytes"
	"testing"
)

func TestTheSecondRequestIsAnsweredByTheEdge(t *testing.T) {
	edge, origin := begin(t)
	for _, path := range []string{
		"/v2/posts/",
		"/v2/posts/?page=2&page_size=5",
		"/v2/posts/toast-considered/",
		"/v2/search/?query=miso",
		"/v2/posts/search/?query=salt",
		"/v2/authors/ines-calder/?include=recent_posts",
		"/v2/categories/",
		"/v2/tags/",
		"/v2/feeds/rss/",
	} {
		t.Run(path, func(t *testing.T) {
			first := edge.get(t, path).wantFetched(t)
			if !first.cache.stored || first.cache.fwd != "uri-miss" {
				t.Errorf("the first answer is not a miss that was stored: %v", first)
			}
			second := edge.get(t, path).wantHit(t)
			if !bytes.Equal(first.body, second.body) {
				t.Error("the hit has another body than the miss")
			}
			if got := origin.reads(t, path); got != 1 {
				t.Errorf("the origin received %d requests, want one: %v", got, origin.counts(t))
			}
			for _, name := range []string{"Age", "Etag", "Content-Type", "Content-Length", "Cache-Control"} {
				if second.header.Get(name) == "" {
					t.Errorf("the hit has no %s: %v", name, second.header)
				}
			}
		})
	}
}

func TestTwentyColdRequestsAtOnceCostOneFetch(t *testing.T) {
	edge, origin := begin(t)
	const path = "/v2/posts/sharp-enough/"
	origin.fail(t, `{"delay_ms": 300, "path_prefix": "/v2/posts/sharp-enough/"}`)
	answers := edge.together(t, 20, path)
	if got := origin.reads(t, path); got != 1 {
		t.Errorf("the origin received %d requests, want one", got)
	}
	fetched := 0
	for _, each := range answers {
		if each.status != 200 || !bytes.Equal(each.body, answers[0].body) {
			t.Fatalf("the answers differ: %v", each)
		}
		if !each.cache.hit {
			fetched++
		}
	}
	if fetched != 1 {
		t.Errorf("%d answers say that they came from the origin, want one", fetched)
	}
}
