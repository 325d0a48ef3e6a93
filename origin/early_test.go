package origin

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A standby that was down a moment ago has an open circuit. When the primary
// then fails, nobody stands behind it.
func TestAnOriginInItsPauseIsTriedWhereAnotherFailsUnexpectedly(t *testing.T) {
	tests := []struct {
		name          string
		standby       reply // how its circuit was opened
		later, status int   // how it answers since
		asked         string
	}{
		{"and has recovered", fails(errRefused), 200, 200, "a b"},
		{"and has not", fails(errRefused), 503, 503, "a b"},
		{"but not where it has asked to be left alone", says(429, "Retry-After", "60"), 200, 503, "a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("a", says(500))
				b.script("b", test.standby)
				c := b.client("a", "b")
				c.Origins[0].Retries = 0
				only := b.client("b") // the same circuit of the place
				failTimes(t, only, 5)
				b.script("a", says(503))
				b.script("b", says(test.later))
				b.calls()
				if status, _ := get(t, c); status != test.status {
					t.Errorf("the status is %d, want %d", status, test.status)
				}
				if got := b.calls(); got != test.asked {
					t.Errorf("asked %q, want %q", got, test.asked)
				}
				want := Open
				if test.later == 200 && test.status == 200 {
					want = Closed
				}
				time.Sleep(memoryTime + time.Millisecond) // what the other sandbox remembers
				if got := state(t, only, "b"); got != want {
					t.Errorf("its circuit is %s, want %s", got, want)
				}
			})
		})
	}
}

func TestWhileAllAreKnownToFailNobodyTriesEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", fails(errRefused))
		b.script("b", fails(errRefused))
		failTimes(t, b.client("b"), 5)
		c := b.client("a", "b")
		for range 3 {
			get(t, c) //nolint:errcheck // it fails
		}
		if got := b.calls(); got != "b b b b b a a b a a a" {
			t.Errorf("asked %q, want b once more", got)
		}
		for range 10 {
			if _, err := get(t, c); !errors.Is(err, ErrCircuitOpen) {
				t.Error(err)
			}
		}
		if got := b.calls(); got != "" {
			t.Errorf("asked %q", got)
		}
		// The pause of b was not made longer.
		time.Sleep(time.Second)
		for range 10 {
			get(t, c) //nolint:errcheck // it fails
		}
		if got := b.calls(); got != "a b" {
			t.Errorf("asked %q, want each once", got)
		}
	})
}

func TestWhoeverIsSurprisedTogetherTriesEarlyUntilThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("b", fails(errRefused))
		failTimes(t, b.client("b"), 5)
		b.script("a", says(503))
		b.script("b", hangsFor(100*time.Millisecond))
		b.calls()
		surprised := func() (int, error) {
			c := b.client("a", "b")
			c.Origins[0].Retries = 0
			return get(t, c)
		}
		var group sync.WaitGroup
		for range 3 { // fewer than open the circuit of a
			group.Go(func() {
				if status, err := surprised(); status != 200 {
					t.Errorf("b is well again, and the answer is %d, %v", status, err)
				}
			})
		}
		group.Wait()
		if got := strings.Count(b.calls(), "b"); got != 3 {
			t.Errorf("b was asked %d times, want three times", got)
		}

		b.script("b", fails(errRefused))
		failTimes(t, b.client("b"), 5)
		b.script("a", says(503))
		time.Sleep(200 * time.Millisecond)
		b.calls()
		surprised() //nolint:errcheck // it fails
		surprised() //nolint:errcheck // it fails
		if got := b.calls(); got != "a b a" {
			t.Errorf("asked %q, want b once", got)
		}
	})
}

// What customers see of two outages in a row: the standby was down as well when
// the primary was, and is back with it.
func TestAnEarlyTrialThatHasFailedIsNotTheLastOne(t *testing.T) {
	tests := []struct {
		name  string
		after time.Duration // since the early trial has failed
		want  int
	}{
		{"at once", 0, 503},
		{"a shortest pause later, the pause not being over", time.Second, 200},
		{"when the pause is over", 2 * time.Second, 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("b", fails(errRefused))
				failTimes(t, b.client("b"), 5)
				time.Sleep(time.Second)
				failTimes(t, b.client("b"), 1) // the pause is 2 s long now
				b.script("a", says(503))
				c := b.client("a", "b")
				c.Origins[0].Retries = 0
				get(t, c) //nolint:errcheck // it fails
				if got := b.calls(); got != "b b b b b b a b" {
					t.Fatalf("asked %q, want b early", got)
				}
				b.script("b", hangsFor(100*time.Millisecond))
				time.Sleep(test.after)
				var group sync.WaitGroup
				for range 3 { // fewer than open the circuit of a
					group.Go(func() {
						if status, err := get(t, c); status != test.want {
							t.Errorf("got %d, %v, want %d", status, err, test.want)
						}
					})
				}
				group.Wait()
			})
		})
	}
}
