package e2e

import (
	"net/http"
	"testing"
)

// limited refuses a request with 429 for an hour.
func limited(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", "3600")
	status(http.StatusTooManyRequests)(w, r)
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
		if origin.State != "closed" {
			t.Errorf("the circuit of the %s is %s", origin.Name, origin.State)
		}
	}
}
