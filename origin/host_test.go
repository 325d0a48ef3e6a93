//go:build wasip1

package origin

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"larder/corecache"
	"larder/origin/breaker"
)

// Two sandboxes share a circuit through the host's own cache.
func TestCircuitsInTheHostsCache(t *testing.T) {
	b, now := newBed(), time.Now()
	sandbox := func() *Client {
		c := b.client("a")
		c.Cache = corecache.Host{}
		c.Now = func() time.Time { return now }
		return c
	}
	one, two := sandbox(), sandbox()
	posts := breaker.Name{Origin: "a", Route: "posts"}
	b.script("a", fails(errRefused))
	for i := range 5 {
		if _, err := do(t, one, fetch(fmt.Sprint("/pages/", i))); !errors.Is(err, ErrUnavailable) {
			t.Fatal(err)
		}
	}
	if _, err := get(t, two); !errors.Is(err, ErrCircuitOpen) {
		t.Fatalf("the other sandbox does not know: %v", err)
	}
	now = now.Add(time.Second)
	if _, err := one.store().Admit(posts, false, time.Minute); err != nil {
		t.Fatalf("no probe after the cooldown: %v", err)
	}
	if _, err := get(t, two); !errors.Is(err, ErrCircuitOpen) {
		t.Fatalf("two probes at a time: %v", err)
	}
	one.store().Record(posts, breaker.Probe, breaker.Good, breaker.Failure{At: now})
	b.script("a")
	if status, err := get(t, two); status != 200 {
		t.Errorf("the circuit did not close: %v", err)
	}
}

func TestThePlatformTellsABackendsHealth(t *testing.T) {
	health := PlatformHealth()
	for range 2 {
		if got := health("no such backend"); got != HealthUnknown {
			t.Errorf("got %s", got)
		}
		if got := health("primary"); got == Unhealthy {
			t.Errorf("got %s", got)
		}
	}
}
