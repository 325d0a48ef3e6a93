package e2e

import (
	"net/http"
	"testing"
)

// limiting answers those who ask with a credential that they ask too often, and
// all others well.
func limiting(credential, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("auth_token") == credential {
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		say(body)(w, r)
	}
}

func TestATenantThatAsksTooOftenTakesTheOriginFromNobodyElse(t *testing.T) {
	f := newFragile(t, nil)
	const tea, milk = "/things/tea/", "/things/milk/"
	for _, path := range []string{tea, milk} {
		f.both(path, limiting(otherToken, thing("tea", "Tea.")))
	}
	limited := f.get(t, tea, as(otherToken))
	limited.wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
	if got := limited.header.Get("Retry-After"); got != "60" {
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
