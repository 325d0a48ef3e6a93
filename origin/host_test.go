//go:build wasip1

package origin

import (
	"errors"
	"testing"
	"time"

	"larder/corecache"
)

// Two sandboxes share a circuit through the host's own cache.
func TestCircuitsInTheHostsCache(t *testing.T) {
	b := newBed()
	b.script("a", fails(errRefused))
	now := time.Now()
	sandbox := func() *Client {
		c := b.client("a")
		c.Cache = corecache.Host{}
		c.Now = func() time.Time { return now }
		return c
	}
	one, two := sandbox(), sandbox()
	failTimes(t, one, 5)
	if _, err := get(t, two); !errors.Is(err, ErrCircuitOpen) {
		t.Fatalf("the other sandbox does not know: %v", err)
	}
	now = now.Add(time.Second)
	if _, err := tryOnce(one); err != nil {
		t.Fatalf("no trial after the pause: %v", err)
	}
	if _, err := get(t, two); !errors.Is(err, ErrCircuitOpen) {
		t.Fatalf("two trials at a time: %v", err)
	}
	one.conclude(stop{origin: &one.Origins[0]}, admission{trial: true}, outcome{req: &Request{}, resp: &Response{Status: 200}})
	b.script("a", says(200))
	now = now.Add(time.Second)
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
