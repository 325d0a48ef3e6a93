package origin

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func TestAnOpenCircuitTellsWhenToComeAgain(t *testing.T) {
	tests := []struct {
		name  string
		first reply // how the circuit of a was opened
		later time.Duration
		want  time.Duration
	}{
		{"at the end of the pause", fails(errRefused), 0, time.Second},
		{"at the end of what is left of it", fails(errRefused), 300 * time.Millisecond, 700 * time.Millisecond},
		{"when the first of two may be tried", says(429, "Retry-After", "40"), 0, time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("a", test.first)
				b.script("b", fails(errRefused))
				c := b.client("a", "b")
				failTimes(t, b.client("a"), 5)
				failTimes(t, b.client("b"), 5)
				time.Sleep(test.later)
				_, err := get(t, c)
				if !errors.Is(err, ErrCircuitOpen) || !errors.Is(err, ErrUnavailable) {
					t.Fatal(err)
				}
				if got := RetryIn(err); got != test.want {
					t.Errorf("in %v, want %v", got, test.want)
				}
			})
		})
	}
}

func TestWhileAnOriginIsTriedTheNextTryIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", fails(errRefused))
		c := b.client("a")
		failTimes(t, c, 5)
		time.Sleep(2 * time.Second)
		if _, err := tryOnce(c); err != nil {
			t.Fatal(err)
		}
		_, err := get(t, c)
		if !errors.Is(err, ErrCircuitOpen) || RetryIn(err) != 0 {
			t.Errorf("in %v: %v", RetryIn(err), err)
		}
	})
}

func TestAnOpenErrorThatAFakeMakesIsOneToo(t *testing.T) {
	err := fmt.Errorf("fetch: %w", &OpenError{RetryIn: time.Second})
	if !errors.Is(err, ErrUnavailable) || !errors.Is(err, ErrCircuitOpen) || RetryIn(err) != time.Second {
		t.Errorf("got %v", err)
	}
	if got, want := err.Error(), "fetch: no origin answered: circuit open"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := RetryIn(ErrUnavailable); got != 0 {
		t.Errorf("another error says %v", got)
	}
}

func TestAllAreSwitchedOff(t *testing.T) {
	tests := []struct {
		name     string
		disabled func(name string) bool
		asked    string
		want     error
	}{
		{"with the shield", func(string) bool { return true }, "", ErrDisabled},
		{"but the shield, which is asked", func(name string) bool { return name != "shield" }, "shield", errRefused},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBed()
			b.script("shield", fails(errRefused))
			c := b.led("a", "b")
			c.Disabled = test.disabled
			_, err := ask(t, c, miss())
			if !errors.Is(err, test.want) || errors.Is(err, ErrDisabled) != (test.want == ErrDisabled) || b.calls() != test.asked {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestWhyNobodyIsWorthWaitingFor(t *testing.T) {
	b := newBed()
	c := b.client("a", "b")
	if err := c.Down(); err != nil {
		t.Errorf("with sound origins: %v", err)
	}
	c.Disabled = func(string) bool { return true }
	if err := c.Down(); !errors.Is(err, ErrDisabled) {
		t.Errorf("with all switched off: %v", err)
	}
}

func TestDownTellsWhenATrialIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", fails(errRefused))
		b.script("b", fails(errRefused))
		failTimes(t, b.client("b"), 5)
		time.Sleep(300 * time.Millisecond)
		failTimes(t, b.client("a"), 5)
		c := b.client("a", "b")
		if err := c.Down(); !errors.Is(err, ErrCircuitOpen) || RetryIn(err) != 700*time.Millisecond {
			t.Errorf("got %v, a trial in %v", err, RetryIn(err))
		}
		time.Sleep(700 * time.Millisecond)
		if err := c.Down(); !errors.Is(err, ErrCircuitOpen) || RetryIn(err) != 0 {
			t.Errorf("got %v, a trial in %v", err, RetryIn(err))
		}
	})
}
