package e2e

import (
	"net/http"
	"strings"
	"testing"
)

func TestIfNoneMatchIsAnsweredAtTheEdge(t *testing.T) {
	edge, origin := begin(t)
	etag := edge.get(t, somePost).wantFetched(t).header.Get("Etag")
	for _, c := range []struct {
		name, field string
		status      int
	}{
		{"the same tag", etag, http.StatusNotModified},
		{"the same tag, weak", "W/" + strings.TrimPrefix(etag, "W/"), http.StatusNotModified},
		{"a list with the tag", `"other", ` + etag, http.StatusNotModified},
		{"any tag", "*", http.StatusNotModified},
		{"another tag", `"other"`, http.StatusOK},
		{"no tag at all", "nonsense", http.StatusOK},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := edge.get(t, somePost, with("If-None-Match", c.field))
			if got.status != c.status || !got.cache.hit || (c.status == http.StatusNotModified) != (len(got.body) == 0) {
				t.Errorf("%d %v", got.status, got)
			}
			if got.header.Get("Etag") != etag {
				t.Errorf("the answer's ETag is %q, want %q", got.header.Get("Etag"), etag)
			}
		})
	}
	if got := origin.reads(t, somePost); got != 1 {
		t.Errorf("the origin received %d requests, want one", got)
	}
}

func TestAnEditChangesTheValidator(t *testing.T) {
	edge, origin := begin(t)
	old := edge.get(t, somePost).wantFetched(t).header.Get("Etag")
	origin.edit(t, "quince-patience", "Another validator.")
	got := edge.get(t, somePost, with("If-None-Match", old)).wantFetched(t)
	if got.summary(t) != "Another validator." {
		t.Errorf("the answer is the old one: %v", got)
	}
}
