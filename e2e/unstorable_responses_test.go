package e2e

import (
	"net/http"
	"testing"
)

func TestAnAnswerThatMayNotBeStoredIsNotStored(t *testing.T) {
	for _, c := range []struct{ name, field, value string }{
		{"no-store", "Cache-Control", "no-store"},
		{"private", "Cache-Control", "private, max-age=60"},
		{"a cookie", "Set-Cookie", "session=1"},
		{"Vary: *", "Vary", "*"},
	} {
		t.Run(c.name, func(t *testing.T) {
			edge, origin := beginScripted(t)
			origin.script("/things/a/", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set(c.field, c.value)
				respond(thing("a", "not for all"))(w, r)
			})
			for n := 1; n <= 3; n++ {
				if got := edge.get(t, "/things/a/").wantFetched(t); got.cache.stored {
					t.Errorf("it was stored: %v", got)
				}
				if asked := len(origin.requests("/things/a/")); asked != n {
					t.Errorf("after %d requests the origin had received %d", n, asked)
				}
			}
		})
	}
}

func TestA404IsStoredAndPurgedWhenTheItemIsPublished(t *testing.T) {
	edge, origin := beginScripted(t)
	first := edge.get(t, "/things/none/")
	second := edge.get(t, "/things/none/")
	if first.status != http.StatusNotFound || !first.cache.stored || second.status != http.StatusNotFound || !second.cache.hit {
		t.Errorf("the 404 was not stored: %v, then %v", first, second)
	}
	if got := edge.purge(t, `{"keys":["thing:none"]}`); got.status != http.StatusOK {
		t.Fatal(got)
	}
	origin.script("/things/none/", respond(thing("none", "there now")))
	if got := edge.get(t, "/things/none/"); got.status != http.StatusOK {
		t.Errorf("publishing did not purge the 404: %v", got)
	}
}

func TestAnItemThatIsGoneAtTheOriginIsNotServedStale(t *testing.T) {
	for _, code := range []int{http.StatusNotFound, http.StatusGone} {
		t.Run(http.StatusText(code), func(t *testing.T) {
			edge, origin := beginScripted(t)
			origin.script("/things/a/", respond(thing("a", "good")))
			edge.get(t, "/things/a/").wantFetched(t)
			if got := edge.purge(t, `{"keys":["thing:a"]}`); got.status != http.StatusOK {
				t.Fatal(got)
			}
			origin.script("/things/a/", status(code))
			if got := edge.get(t, "/things/a/"); got.status != code {
				t.Errorf("the item still answers: %v", got)
			}
			origin.script("/things/a/", status(http.StatusServiceUnavailable))
			if got := edge.get(t, "/things/a/"); got.status == http.StatusOK {
				t.Errorf("the next outage brought it back: %v", got)
			}
		})
	}
}
