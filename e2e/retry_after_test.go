package e2e

import (
	"fmt"
	"net/http"
	"testing"
)

// limited refuses a request with 429 for an hour.
func limited(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", "3600")
	status(http.StatusTooManyRequests)(w, r)
}

// A 429 concerns the URL that got it, and for breaker.max_cooldown at most.
func TestRetryAfterConcernsItsOwnURLOnly(t *testing.T) {
	s := beginSingleOrigin(t, shortCooldown)
	const path = "/things/limited/"
	s.origin.script(path, limited)
	s.get(t, path).wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
	t.Run("other pages are fetched", func(t *testing.T) { s.wantHealthy(t, "beside-a-limited-page", 20) })
	t.Run("the page itself is not asked for again at once", func(t *testing.T) {
		before := len(s.origin.requests(path))
		const requests = 10
		for range requests {
			s.get(t, path).wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
		}
		if n := len(s.origin.requests(path)) - before; n > requests/2 {
			t.Errorf("%d requests made %d at the origin", requests, n)
		}
	})
	t.Run("and is fetched again after max_cooldown", func(t *testing.T) {
		s.origin.script(path, respond(thing("limited", "Allowed again.")))
		eventually(t, "the page is served", func() bool { return s.get(t, path).status == http.StatusOK })
	})
}

func TestTheStandbyAnswersForThePageThatThePrimaryLimits(t *testing.T) {
	f := beginTwoOrigins(t)
	const path = "/things/limited/"
	f.primary.script(path, limited)
	f.standby.script(path, respond(thing("limited", "Of the standby.")))
	if got := f.get(t, path).wantFetched(t); string(got.body) != thing("limited", "Of the standby.") {
		t.Errorf("not the standby's answer: %v", got)
	}
	for i := range 10 {
		other := fmt.Sprintf("/things/other-%d/", i)
		f.primary.script(other, respond(thing("other", "Of the primary.")))
		f.standby.script(other, respond(thing("other", "Of the standby.")))
		if got := f.get(t, other).wantFetched(t); string(got.body) != thing("other", "Of the primary.") {
			t.Errorf("another page is not the primary's: %v", got)
		}
	}
	if state := f.circuit(t); state != "closed" {
		t.Errorf("the primary's circuit is %s", state)
	}
}

// limiting refuses those requests that carry a credential.
func limiting(credential, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("auth_token") == credential {
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		respond(body)(w, r)
	}
}

func TestATenantsRateLimitConcernsNoOtherTenant(t *testing.T) {
	f := beginTwoOrigins(t)
	const tea, milk = "/things/tea/", "/things/milk/"
	for _, path := range []string{tea, milk} {
		f.both(path, limiting(otherToken, thing("tea", "Tea.")))
	}
	refused := f.get(t, tea, as(otherToken))
	refused.wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
	if got := refused.header.Get("Retry-After"); got != "60" {
		t.Errorf("Retry-After is %q, want the origin's", got)
	}
	for _, path := range []string{tea, milk} {
		f.get(t, path).wantFetched(t)
	}
	for _, origin := range f.status(t).Origins {
		if origin.state() != "closed" {
			t.Errorf("the circuit of the %s is %s", origin.Name, origin.state())
		}
	}
}
