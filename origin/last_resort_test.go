package origin

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"larder/origin/breaker"
)

// lastResort is a keyed fetch without any copy to serve instead.
func lastResort(path string) *Request {
	req := fetch(path)
	req.LastResort = true
	return req
}

func TestALastResortFindsAnOriginThatIsBackBeforeItsCooldownEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.openCircuit(t, "a")
		c := b.client("a")
		if _, err := do(t, c, fetch("/")); !errors.Is(err, ErrCircuitOpen) {
			t.Errorf("a request with a copy: %v", err)
		}
		if status, err := do(t, c, lastResort("/")); status != 200 {
			t.Error(err)
		}
		wantState(t, c, "a", breaker.Closed)
		b.wantCalls(t, "a")
	})
}

func TestALastResortAsksOpenOriginsAfterTheOthersHaveFailed(t *testing.T) {
	tests := []struct {
		name           string
		open           string // the origins with open circuits
		a, b           reply
		asked          string
		status         int
		circuitOfFirst breaker.State
	}{
		{"the closed one answers", "a", says(200), says(200), "b", 200, breaker.Open},
		{"the closed one refuses", "a", says(200), fails(errRefused), "b a", 200, breaker.Closed},
		{"the closed one fails", "a", says(200), says(500), "b a", 200, breaker.Closed},
		{"both fail", "a", fails(errRefused), says(500), "b a", 500, breaker.Open},
		{"all are open, and one is back", "a b", fails(errRefused), says(200), "a b", 200, breaker.Open},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				for name := range strings.FieldsSeq(test.open) {
					b.openCircuit(t, name)
				}
				b.script("a", test.a)
				b.script("b", test.b)
				c := b.client("a", "b")
				if status, err := do(t, c, lastResort("/")); status != test.status {
					t.Errorf("got %d, %v", status, err)
				}
				b.wantCalls(t, test.asked)
				wantState(t, c, "a", test.circuitOfFirst)
			})
		})
	}
}

func TestLastResortsProbeADeadOriginOneAtATime(t *testing.T) {
	tests := []struct {
		name    string
		failure reply
		most    int // probes in a minute
	}{
		{"that refuses", fails(errRefused), 2*60 + 1},
		{"that hangs", hangs, 60/5 + 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.openCircuit(t, "a")
				b.script("a", test.failure)
				clients := []*Client{b.client("a"), b.client("a")}
				end := time.Now().Add(time.Minute)
				for i := 0; time.Now().Before(end); i++ {
					go func() { _, _ = do(t, clients[i%2], lastResort(fmt.Sprint("/pages/", i))) }() // it fails
					time.Sleep(20 * time.Millisecond)
				}
				time.Sleep(15 * time.Second)
				if got := len(strings.Fields(b.calls())); got < 10 || got > test.most {
					t.Errorf("%d probes in a minute, want %d at most", got, test.most)
				}
			})
		})
	}
}

func TestALastResortThatIsRefusedComesBackSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.openCircuit(t, "a")
		b.script("a", fails(errRefused))
		c := b.client("a")
		for range 6 { // cooldowns grow to 32 s
			time.Sleep(time.Until(circuitOf(c, 0).NextProbe))
			_, _ = get(t, c) // refused
		}
		if _, err := do(t, c, fetch("/")); RetryAfter(err) < 30*time.Second {
			t.Errorf("a request with a copy comes back in %v", RetryAfter(err))
		}
		if _, err := do(t, c, lastResort("/")); !errors.Is(err, ErrCircuitOpen) || RetryAfter(err) != time.Second {
			t.Errorf("a last resort comes back in %v: %v", RetryAfter(err), err)
		}
	})
}
