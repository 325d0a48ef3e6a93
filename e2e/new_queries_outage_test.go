package e2e

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
)

// Every query is another URL, so no negative entry protects an origin that
// fails for queries that keep changing. Its retries have a budget instead.
func TestAnOriginThatFailsForEverNewQueriesIsAskedOnceForEach(t *testing.T) {
	const path, requests, clients = "/posts/", 120, 4
	// ask sends the requests, each with a query of its own.
	ask := func(t *testing.T, e edge, want int) {
		t.Helper()
		var group sync.WaitGroup
		for client := range clients {
			group.Go(func() {
				for i := client; i < requests; i += clients {
					got, err := e.try(fmt.Sprintf("%s?search=%d", path, i))
					if err != nil || got.status != want {
						t.Errorf("want %d; got %v (%v)", want, got, err)
					}
				}
			})
		}
		group.Wait()
	}
	// The budget may let some of the first ones try twice.
	const allowed = requests + requests/5

	for _, code := range []int{http.StatusInternalServerError, http.StatusServiceUnavailable} {
		t.Run(fmt.Sprintf("a single origin that answers %d", code), func(t *testing.T) {
			s := beginSingleOrigin(t)
			s.origin.script(path, status(code))
			ask(t, s.edge, http.StatusServiceUnavailable)
			if n := len(s.origin.requests(path)); n > allowed {
				t.Errorf("%d requests made %d at the origin, want %d at most", requests, n, allowed)
			}
			s.wantHealthy(t, "beside-failing-queries", 10)
		})
	}
	t.Run("two origins that answer 503", func(t *testing.T) {
		f := beginTwoOrigins(t)
		f.both(path, status(http.StatusServiceUnavailable))
		ask(t, f.edge, http.StatusServiceUnavailable)
		for name, origin := range map[string]*scriptedOrigin{"primary": f.primary, "standby": f.standby} {
			if n := len(origin.requests(path)); n > allowed {
				t.Errorf("%d requests made %d at the %s, want %d at most", requests, n, name, allowed)
			}
		}
	})
	t.Run("a standby that is well answers all of them", func(t *testing.T) {
		f := beginTwoOrigins(t)
		f.primary.script(path, status(http.StatusServiceUnavailable))
		f.standby.script(path, respond(thing("post", "Of the standby.")))
		ask(t, f.edge, http.StatusOK)
		if n := len(f.primary.requests(path)); n > allowed {
			t.Errorf("%d requests made %d at the primary, want %d at most", requests, n, allowed)
		}
	})
}
