package e2e

import (
	"io"
	"net/http"
	"testing"
)

func TestTheStandbyAnswersForAPageThatThePrimarySpoils(t *testing.T) {
	f := newFragile(t, nil)
	const spoilt, sound = "/things/tea/", "/things/milk/"
	f.primary.script(spoilt, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!doctype html><title>Welcome to your new server</title>") //nolint:errcheck // an edge that is gone fails the test itself
	})
	f.standby.script(spoilt, say(thing("tea", "Of the standby.")))
	f.primary.script(sound, say(thing("milk", "Of the primary.")))
	f.standby.script(sound, say(thing("milk", "Of the standby.")))

	for range oftenEnough {
		if got := f.get(t, spoilt).wantFetched(t); string(got.body) != thing("tea", "Of the standby.") || !got.cache.stored {
			t.Errorf("not the standby's answer, kept: %v", got)
		}
		if got := f.get(t, spoilt).wantHit(t); string(got.body) != thing("tea", "Of the standby.") {
			t.Errorf("the hit is another answer: %v", got)
		}
		f.purge(t, `{"keys":["thing:tea"]}`)
	}
	if n := len(f.primary.requests(spoilt)); n != oftenEnough {
		t.Errorf("the primary was asked %d times, want %d times", n, oftenEnough)
	}
	for _, o := range f.status(t).Origins {
		if o.State != "closed" {
			t.Errorf("the circuit of %s is %s", o.Name, o.State)
		}
	}
	if got := f.get(t, sound).wantFetched(t); string(got.body) != thing("milk", "Of the primary.") {
		t.Errorf("another page is not the primary's: %v", got)
	}
}
