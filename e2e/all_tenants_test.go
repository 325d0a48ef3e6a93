package e2e

import (
	"net/http"
	"testing"
)

func TestOnePurgeReachesAllCredentials(t *testing.T) {
	e, _ := begin(t)
	const list, other = "/v2/tags/", "/v2/posts/"
	tokens := []string{demoToken, otherToken}
	for _, token := range tokens {
		e.get(t, list, as(token)).wantFetched(t)
		e.get(t, other, as(token)).wantFetched(t)
	}
	if got := e.purge(t, `{"keys":["tags"],"tenants":"all"}`, as("")); got.status != http.StatusOK {
		t.Fatalf("the purge is answered with %v", got)
	}
	for _, token := range tokens {
		e.get(t, list, as(token)).wantFetched(t)
		e.get(t, other, as(token)).wantHit(t)
	}
}
