package e2e

import (
	"net/http"
	"testing"
)

func TestAPostToAListRefreshesAllListsOfItsKey(t *testing.T) {
	s := beginSingleOrigin(t, func(config map[string]any) { config["unsafe_methods"] = "invalidate_keys" })
	s.origin.script("/posts/", respond(`{"data":[{"slug":"old"}]}`))
	s.origin.script("/lists/other/", respond(`{"data":[{"slug":"old"}]}`))
	paths := []string{"/posts/", "/posts/?page=2", "/lists/other/"}
	for _, path := range paths {
		s.get(t, path).wantFetched(t)
		s.get(t, path).wantHit(t)
	}
	s.origin.script("/posts/", respond(`{"data":[{"slug":"new"}]}`))
	if got := s.get(t, "/posts/", method(http.MethodPost), sending(`{}`)); got.status != http.StatusOK {
		t.Fatalf("want the origin's answer to a POST; got %v", got)
	}
	for _, path := range paths[:2] {
		if got := s.get(t, path).wantFetched(t); string(got.body) != `{"data":[{"slug":"new"}]}` {
			t.Errorf("%s still has the old list: %v", path, got)
		}
	}
	s.get(t, paths[2]).wantHit(t)
}
