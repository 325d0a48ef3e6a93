package e2e

import (
	"io"
	"net/http"
	"testing"
)

func TestTheStandbyAnswersForAPageWhoseBodyIsInvalidAtThePrimary(t *testing.T) {
	f := newTwoOrigins(t, nil)
	const invalid, valid = "/things/tea/", "/things/milk/"
	f.primary.script(invalid, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!doctype html><title>Welcome to your new server</title>") //nolint:errcheck // an edge that is gone fails the test itself
	})
	f.standby.script(invalid, respond(thing("tea", "Of the standby.")))
	f.primary.script(valid, respond(thing("milk", "Of the primary.")))
	f.standby.script(valid, respond(thing("milk", "Of the standby.")))

	for range enoughFailures {
		if got := f.get(t, invalid).wantFetched(t); string(got.body) != thing("tea", "Of the standby.") || !got.cache.stored {
			t.Errorf("not the standby's answer, or not stored: %v", got)
		}
		if got := f.get(t, invalid).wantHit(t); string(got.body) != thing("tea", "Of the standby.") {
			t.Errorf("the hit is another answer: %v", got)
		}
		f.purge(t, `{"keys":["thing:tea"]}`)
	}
	if n := len(f.primary.requests(invalid)); n != enoughFailures {
		t.Errorf("the primary received %d requests, want %d", n, enoughFailures)
	}
	for _, o := range f.status(t).Origins {
		if o.state() != "closed" {
			t.Errorf("the circuit of %s is %s", o.Name, o.state())
		}
	}
	if got := f.get(t, valid).wantFetched(t); string(got.body) != thing("milk", "Of the primary.") {
		t.Errorf("another page is not the primary's: %v", got)
	}
}
