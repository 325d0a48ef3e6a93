package e2e

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
)

func TestTheCircuitBreaker(t *testing.T) {
	f := newFragile(t, nil)
	const hit = "/things/hit/"
	cold := func(i int) string { return fmt.Sprintf("/things/cold-%d/", i) }
	f.both(hit, say(thing("hit", "Kept.")))
	f.get(t, hit).wantFetched(t)
	for i := range 100 {
		f.primary.script(cold(i), status(http.StatusInternalServerError))
		f.standby.script(cold(i), say(thing("cold", "Of the standby.")))
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
		before := f.primary.asked()
		for range 5 {
			ask(t).wantFetched(t)
		}
		if n := f.primary.asked() - before; n != 5 {
			t.Errorf("the primary was asked %d times, want five times", n)
		}
		if got := state(t); got == "closed" {
			t.Errorf("it is still closed")
		}
	})
	t.Run("leaves hits alone", func(t *testing.T) {
		before := f.primary.asked() + f.standby.asked()
		for range 10 {
			f.get(t, hit).wantHit(t)
		}
		if n := f.primary.asked() + f.standby.asked() - before; n != 0 {
			t.Errorf("hits asked the origins %d times", n)
		}
	})
	t.Run("lets one request try, and the standby answers all", func(t *testing.T) {
		eventually(t, "its pause is over", func() bool { return state(t) == "half-open" })
		before := f.primary.asked()
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
		if n := f.primary.asked() - before; n != 1 {
			t.Errorf("the primary was tried %d times, want once", n)
		}
	})
	t.Run("closes when a trial succeeds", func(t *testing.T) {
		for i := range 100 {
			f.primary.script(cold(i), say(thing("cold", "Of the primary.")))
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

func TestWithEveryCircuitOpenNobodyWaits(t *testing.T) {
	f := newFragile(t, nil)
	const kept = "/things/kept/"
	f.both(kept, say(thing("kept", "Kept.")))
	f.get(t, kept).wantFetched(t)
	f.purge(t, `{"keys":["thing:kept"]}`)
	f.both(kept, hang)
	for i := range 12 {
		f.both(fmt.Sprintf("/things/cold-%d/", i), hang)
	}
	f.get(t, kept).wantStale(t)
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
	before := f.primary.asked() + f.standby.asked()
	f.get(t, kept).wantStale(t)
	after := f.primary.asked() + f.standby.asked()
	if open() && after != before {
		t.Errorf("the origins were asked %d times although both circuits are open", after-before)
	}
}
