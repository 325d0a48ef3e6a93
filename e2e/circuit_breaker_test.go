package e2e

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
)

// A circuit is about whether an origin can be reached. Five distinct URLs
// without a response open it, by default.
func TestTheCircuitBreaker(t *testing.T) {
	f := newTwoOrigins(t, nil)
	const hit = "/things/hit/"
	f.both(hit, respond(thing("hit", "Stored.")))
	f.get(t, hit).wantFetched(t)
	ofPrimary, ofStandby := thing("cold", "Of the primary."), thing("cold", "Of the standby.")
	next := 0
	// cold returns a new page, which the primary answers in this way.
	cold := func(primary http.HandlerFunc) string {
		next++
		path := fmt.Sprintf("/things/cold-%d/", next)
		f.primary.script(path, primary)
		f.standby.script(path, respond(ofStandby))
		return path
	}

	t.Run("opens after five URLs without a response, and the standby answers for all of them", func(t *testing.T) {
		for i := range 5 {
			if state := f.circuit(t); state != "closed" {
				t.Fatalf("after %d URLs it is %s", i, state)
			}
			f.get(t, cold(reset())).wantFetched(t)
		}
		if f.circuit(t) == "closed" {
			t.Error("it is still closed")
		}
	})
	t.Run("does not affect hits", func(t *testing.T) {
		before := f.primary.requestCount() + f.standby.requestCount()
		for range 10 {
			f.get(t, hit).wantHit(t)
		}
		if n := f.primary.requestCount() + f.standby.requestCount() - before; n != 0 {
			t.Errorf("hits caused %d requests to the origins", n)
		}
	})
	t.Run("lets one request probe, and the standby answers all of them", func(t *testing.T) {
		eventually(t, "its cooldown is over", func() bool { return f.circuit(t) == "half-open" })
		before := f.primary.pathCount()
		var group sync.WaitGroup
		for range 10 {
			path := cold(reset())
			group.Go(func() {
				if got, err := f.try(path); err != nil || got.status != http.StatusOK || string(got.body) != ofStandby {
					t.Errorf("%s: want the standby's answer; got %v (%v)", path, got, err)
				}
			})
		}
		group.Wait()
		if n := f.primary.pathCount() - before; n != 1 {
			t.Errorf("%d URLs were tried at the primary, want one probe", n)
		}
	})
	t.Run("closes when a probe succeeds", func(t *testing.T) {
		eventually(t, "the primary answers", func() bool {
			return string(f.get(t, cold(respond(ofPrimary))).wantFetched(t).body) == ofPrimary
		})
		if state := f.circuit(t); state != "closed" {
			t.Errorf("it is %s", state)
		}
	})
}

func TestWithEveryCircuitOpenNoRequestWaits(t *testing.T) {
	f := newTwoOrigins(t, nil)
	const stored = "/things/stored/"
	f.both(stored, respond(thing("stored", "Stored.")))
	f.get(t, stored).wantFetched(t)
	f.purge(t, `{"keys":["thing:stored"]}`)
	f.both(stored, hang)
	for i := range 12 {
		f.both(fmt.Sprintf("/things/cold-%d/", i), hang)
	}
	f.get(t, stored).wantStale(t)
	open := func() bool {
		page := f.status(t)
		return page.Origins[0].state() == "open" && page.Origins[1].state() == "open"
	}
	eventually(t, "both circuits are open", func() bool {
		if open() {
			return true
		}
		var group sync.WaitGroup
		for i := range 12 {
			group.Go(func() { _, _ = f.try(fmt.Sprintf("/things/cold-%d/", i)) }) // only the origins' silence matters
		}
		group.Wait()
		return open()
	})
	before := f.primary.requestCount() + f.standby.requestCount()
	f.get(t, stored).wantStale(t)
	after := f.primary.requestCount() + f.standby.requestCount()
	if open() && after != before {
		t.Errorf("the origins received %d requests although both circuits are open", after-before)
	}
}
