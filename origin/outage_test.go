package origin

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder/origin/breaker"
)

func TestAnOriginThatFailsIsSkippedAfterAFewURLs(t *testing.T) {
	tests := []struct {
		name    string
		failure reply
		url     string // with a number
		every   time.Duration
		most    int // attempts in a minute
	}{
		{"it refuses", fails(errRefused), "/pages/%d", 20 * time.Millisecond, 5 + 1 + 6},
		{"it refuses one path with ever new queries", fails(errRefused), "/search?q=%d", 20 * time.Millisecond, 5 + 1 + 6},
		{"it hangs", hangs, "/pages/%d", 20 * time.Millisecond, 8 + 5},
		{"it hangs, and there are few requests", hangs, "/pages/%d", 3 * time.Second, 8 + 5},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("a", test.failure)
				c := b.client("a")
				for i, begin := 0, time.Now(); time.Since(begin) < time.Minute; i++ {
					if _, err := do(t, c, fetch(fmt.Sprintf(test.url, i))); !errors.Is(err, ErrUnavailable) {
						t.Fatal(err)
					}
					time.Sleep(test.every)
				}
				if got := len(strings.Fields(b.calls())); got > test.most {
					t.Errorf("it was asked %d times in a minute, want %d at most", got, test.most)
				}
			})
		})
	}
}

func TestAnOpenCircuitAnswersAtOnceAndSaysWhenToComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.openCircuit(t, "a")
		time.Sleep(200 * time.Millisecond)
		b.openCircuit(t, "b")
		time.Sleep(300 * time.Millisecond)
		c := b.client("a", "b")
		begin := time.Now()
		_, err := get(t, c)
		if !errors.Is(err, ErrUnavailable) || !errors.Is(err, ErrCircuitOpen) || time.Since(begin) != 0 {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		if got := RetryAfter(err); got != 500*time.Millisecond {
			t.Errorf("come back in %v", got)
		}
		b.wantCalls(t, "")
	})
}

func TestAnOpenErrorThatAFakeMakesIsOneToo(t *testing.T) {
	err := fmt.Errorf("fetch: %w", &OpenError{RetryAfter: time.Second})
	if !errors.Is(err, ErrUnavailable) || !errors.Is(err, ErrCircuitOpen) || RetryAfter(err) != time.Second {
		t.Errorf("got %v", err)
	}
	if got, want := err.Error(), "fetch: no origin answered: circuit open"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := RetryAfter(ErrUnavailable); got != 0 {
		t.Errorf("another error says %v", got)
	}
}

func TestTheStandbyTakesOverWithoutWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", hangs)
		c := b.client("a", "b")
		for i := range 5 { // one after the other, over more than the window
			if status, err := do(t, c, fetch(fmt.Sprint("/pages/", i))); status != 200 {
				t.Error(err)
			}
		}
		b.calls()
		begin := time.Now()
		if status, err := get(t, c); status != 200 || time.Since(begin) != 0 {
			t.Errorf("got %d, %v after %v", status, err, time.Since(begin))
		}
		b.wantCalls(t, "b")
	})
}

func TestAfterTheCooldownOneRequestOfThePOPProbesOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.openCircuit(t, "a")
		time.Sleep(time.Second)
		b.script("a", hangs)
		var wg sync.WaitGroup
		clients := []*Client{b.client("a"), b.client("a"), b.client("a")}
		for i := range 60 {
			wg.Go(func() {
				// Whether it is refused or times out, the calls are counted.
				_, _ = do(t, clients[i%3], fetch(fmt.Sprint("/pages/", i)))
			})
		}
		wg.Wait()
		b.wantCalls(t, "a")
		wantState(t, clients[0], "a", breaker.Open)
		time.Sleep(2 * time.Second) // the cooldown has doubled
		b.script("a")
		if status, err := get(t, clients[1]); status != 200 {
			t.Error(err)
		}
		wantState(t, clients[2], "a", breaker.Closed)
		b.wantCalls(t, "a")
	})
}

func TestARequestThatProbesInVainGoesOnToTheNextOrigin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.openCircuit(t, "a")
		time.Sleep(time.Second)
		b.script("a", fails(errRefused))
		if status, err := get(t, b.client("a", "b")); status != 200 {
			t.Error(err)
		}
		b.wantCalls(t, "a b")
	})
}

func TestAProbeIsOneAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", fails(errRefused))
		c := b.client("a")
		c.Breaker.Failures = 1
		c.Cache = nil    // the claim in it would refuse a second probe too
		_, _ = get(t, c) // refused, which opens the circuit
		b.calls()
		_, _ = do(t, c, lastResort("/")) // refused
		b.wantCalls(t, "a")
	})
}

func TestAProbeThatCannotBeSentLeavesItToAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.openCircuit(t, "a")
		c := b.client("a")
		time.Sleep(time.Second)
		b.script("a", fails(ErrRequest), says(200))
		if _, err := get(t, c); !errors.Is(err, ErrRequest) {
			t.Error(err)
		}
		time.Sleep(500 * time.Millisecond)
		if status, err := get(t, c); status != 200 {
			t.Error(err)
		}
		wantState(t, c, "a", breaker.Closed)
	})
}
