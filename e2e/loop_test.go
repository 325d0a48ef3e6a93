package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// backTo answers by asking the edge the same, as an origin does whose address
// leads back to the edge.
func backTo(t *testing.T, e edge, second *answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		got, err := e.try(r.URL.Path, func(again *http.Request) {
			again.URL.RawQuery = r.URL.RawQuery
			again.Header = r.Header
		})
		if err != nil {
			t.Error(err)
		}
		*second = got
		w.WriteHeader(got.status)
	}
}

func TestALoopEndsAtItsSecondPass(t *testing.T) {
	edge, origin := beginScripted(t)
	for _, query := range []string{"", "?preview=1"} {
		var second answer
		origin.script("/things/loop/", backTo(t, edge, &second))
		edge.get(t, "/things/loop/"+query)
		second.wantProblem(t, http.StatusLoopDetected, "loop")
	}
	if n := len(origin.requests("/things/loop/")); n != 2 {
		t.Errorf("the origin received %d requests, want two", n)
	}
}

// The service's ID distinguishes it from another Larder in front of this one.
func TestTheOriginSeesOnlyThisServiceInCDNLoop(t *testing.T) {
	edge, origin := beginScripted(t)
	origin.script("/things/a/", respond(thing("a", "good")))
	edge.get(t, "/things/a/", with("CDN-Loop", "origin.example, Larder")).wantFetched(t)
	got := origin.requests("/things/a/")[0].Header.Values("CDN-Loop")
	if len(got) != 1 || !strings.HasPrefix(got[0], "Larder-") || strings.Contains(got[0], ",") {
		t.Errorf("the origin got CDN-Loop %q", got)
	}
}
