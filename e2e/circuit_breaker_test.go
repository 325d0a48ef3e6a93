package e2e

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
)

func TestTheCircuitBreaker(t *testing.T) {
	f := newTwoOrigins(t, nil)
	const hit = "/things/hit/"
	cold := func(i int) string { return fmt.Sprintf("/things/cold-%d/", i) }
	f.both(hit, respond(thing("hit", "Stored.")))
	f.get(t, hit).wantFetched(t)
	for i := range 100 {
		f.primary.script(cold(i), status(http.StatusInternalServerError))
		f.standby.script(cold(i), respond(thing("cold", "Of the standby.")))
	}
	next := 0
	ask := func(t *testing.T) answer {
		t.Helper()
		next++
		return f.get(t, cold(next))
	}
	state := func(t *testing.T) string { return f.status(t).Origins[0].State }

	t.Run("opens after five failures, none of which a customer sees", func(t *testing.T) {
		if got := state(t); got != "closed" {
			t.Fatalf("it is %s to begin with", got)
		}
		before := f.primary.requestCount()
		for range 5 {
			ask(t).wantFetched(t)
		}
		if n := f.primary.requestCount() - before; n != 5 {
			t.Errorf("the primary received %d requests, want five", n)
		}
		if got := state(t); got == "closed" {
			t.Errorf("it is still closed")
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
		eventually(t, "its cooldown is over", func() bool { return state(t) == "half-open" })
		before := f.primary.requestCount()
		var group sync.WaitGroup
		answers, errs := make([]answer, 10), make([]error, 10)
		for i := range answers {
			next++
			path := cold(next)
			group.Go(func() { answers[i], errs[i] = f.try(path) })
		}
		group.Wait()
		for i, got := range answers {
			if errs[i] != nil || got.status != http.StatusOK || string(got.body) != thing("cold", "Of the standby.") {
				t.Errorf("request %d: %v (%v)", i, got, errs[i])
			}
		}
		if n := f.primary.requestCount() - before; n != 1 {
			t.Errorf("the primary received %d requests, want one probe", n)
		}
	})
	t.Run("closes when a probe succeeds", func(t *testing.T) {
		for i := range 100 {
			f.primary.script(cold(i), respond(thing("cold", "Of the primary.")))
		}
		eventually(t, "the primary answers", func() bool {
			next = next%90 + 1
			f.purge(t, `{"all":true,"soft":false}`, as(""))
			return string(ask(t).body) == thing("cold", "Of the primary.")
		})
		if got := state(t); got != "closed" {
			t.Errorf("it is %s", got)
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
		return page.Origins[0].State == "open" && page.Origins[1].State == "open"
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
