package origin

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"
)

// What passes through, and a 429 that is a tenant's, say little of an origin.
// They must not try a dead one again and again for it.
func TestWhatSaysLittleOfADeadOriginLeavesItAlone(t *testing.T) {
	tests := []struct {
		name   string
		answer reply // of a, which is dead; b is well
		tenant bool
		pause  time.Duration // before the first one
	}{
		{"a status", says(503), false, 0},
		{"a gateway's late status", late(504, 3*time.Second), false, time.Second},
		{"a tenant's 429", says(429, "Retry-After", "30"), true, time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("a", fails(errRefused))
				c := b.client("a", "b")
				c.Tenants = test.tenant
				failTimes(t, b.client("a"), 5)
				b.script("a", test.answer)
				time.Sleep(test.pause)
				b.calls()
				for begin, i := time.Now(), 0; time.Since(begin) < time.Minute; i++ {
					_, _ = ask(t, c, &Request{Method: "GET", Path: page(i % 100), Private: !test.tenant})
					time.Sleep(20 * time.Millisecond)
				}
				if got := strings.Count(b.calls(), "a"); got == 0 || got > 80 {
					t.Errorf("it was tried %d times in a minute", got)
				}
			})
		})
	}
}

func TestEarlyTrialsForOneClientAloneBarOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", fails(errRefused))
		failTimes(t, b.client("a"), 5)
		failTrials(t, b.client("a"), 6)
		b.script("a", says(503))
		b.script("b", says(500))
		c := b.client("a", "b")
		b.calls()
		for range 100 {
			_, _ = ask(t, c, &Request{Method: "GET", Path: "/x", Private: true})
			time.Sleep(10 * time.Millisecond)
		}
		if got := strings.Count(b.calls(), "a"); got > 3 {
			t.Errorf("it was tried early %d times in a second", got)
		}
	})
}

// Nothing was sent, so whose request it is does not matter.
func TestAConnectionThatTimesOutCountsForEveryRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", func(context.Context) (*Response, error) {
			time.Sleep(time.Second)
			return nil, classify(fsthttp.SendError{Tag: fsthttp.SendErrorConnectionTimeout})
		})
		c, failed := b.client("a", "b"), 0
		for i := range 20 {
			if status, _ := ask(t, c, &Request{Method: "POST", Path: page(i), Private: true}); status != 200 {
				failed++
			}
		}
		if failed > 5 {
			t.Errorf("%d of 20 failed, and the standby is well", failed)
		}
	})
}

func TestAnOriginThatWantsToBeLeftAloneIsNotTriedEarly(t *testing.T) {
	tests := []struct {
		name   string
		wish   string
		during time.Duration
		open   bool // its circuit is open, for long, when it says so
		asked  int
	}{
		{"for less than a shortest pause", "1", 500 * time.Millisecond, false, 0},
		{"when it is tried early", "30", 20 * time.Second, true, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				if test.open {
					b.script("a", fails(errRefused))
					failTimes(t, b.client("a"), 5)
					failTrials(t, b.client("a"), 6)
				}
				b.script("a", says(429, "Retry-After", test.wish))
				c := b.client("a", "b")
				if !test.open {
					get(t, c) //nolint:errcheck // b answers
				}
				b.script("b", says(500))
				b.calls()
				for begin, i := time.Now(), 0; time.Since(begin) < test.during; i++ {
					_, _ = ask(t, c, &Request{Method: "GET", Path: page(i % 4)})
					time.Sleep(50 * time.Millisecond)
				}
				if got := strings.Count(b.calls(), "a"); got != test.asked {
					t.Errorf("it was asked %d times, want %d", got, test.asked)
				}
			})
		})
	}
}
