package origin

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"larder/origin/breaker"
)

func TestHealthAndSwitches(t *testing.T) {
	tests := []struct {
		name     string
		health   map[string]Health
		disabled string
		method   string
		asked    string
		failed   bool
	}{
		{name: "no health check", asked: "a"},
		{name: "all are healthy", health: map[string]Health{"a": Healthy, "b": Healthy, "c": Healthy}, asked: "a"},
		{name: "an unhealthy origin is skipped", health: map[string]Health{"a": Unhealthy}, asked: "b"},
		{name: "an unhealthy origin is skipped by POST too", method: "POST", health: map[string]Health{"a": Unhealthy}, asked: "b"},
		{name: "all are unhealthy, so all are tried", health: map[string]Health{"a": Unhealthy, "b": Unhealthy, "c": Unhealthy}, asked: "a"},
		{name: "a disabled origin is skipped", disabled: "a", asked: "b"},
		{name: "the healthy ones are disabled", disabled: "a b", health: map[string]Health{"c": Unhealthy}, asked: "c"},
		{name: "all are disabled", disabled: "a b c", failed: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				c := b.client("a", "b", "c")
				c.Disabled = func(name string) bool { return strings.Contains(test.disabled, name) }
				c.Health = func(backend string) Health { return test.health[backend] }
				begin := time.Now()
				_, err := do(t, c, &Request{Method: cmp.Or(test.method, "GET"), Path: "/"})
				if errors.Is(err, ErrUnavailable) != test.failed || errors.Is(err, ErrDisabled) != test.failed || errors.Is(err, ErrCircuitOpen) {
					t.Error(err)
				}
				if took := time.Since(begin); took != 0 {
					t.Errorf("it took %v", took)
				}
				b.wantCalls(t, test.asked)
			})
		})
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
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("shield", fails(errRefused))
				c := b.edge("a", "b")
				c.Disabled = test.disabled
				_, err := do(t, c, miss())
				if !errors.Is(err, test.want) || errors.Is(err, ErrDisabled) != (test.want == ErrDisabled) {
					t.Errorf("got %v", err)
				}
				b.wantCalls(t, test.asked)
			})
		})
	}
}

func TestAnUnhealthyBackendWithAClosedCircuitIsNotAskedInsteadOfAnOpenOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.openCircuit(t, "a")
		c := b.client("a", "b")
		c.Health = func(backend string) Health { return map[string]Health{"b": Unhealthy}[backend] }
		if _, err := get(t, c); !errors.Is(err, ErrCircuitOpen) {
			t.Error(err)
		}
		b.wantCalls(t, "")
	})
}

func TestASwitchClosesACircuit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.openCircuit(t, "a")
		c, switched := b.client("a", "b"), true
		c.ForceClosed = func(name string) bool { return switched && name == "a" }
		if status, err := get(t, c); status != 200 {
			t.Error(err)
		}
		b.wantCalls(t, "a")
		b.script("a", fails(errRefused))
		for i := range 20 {
			_, _ = do(t, c, fetch(fmt.Sprint("/pages/", i))) // b answers
		}
		if got := circuitOf(c, 0); got.State != breaker.Closed || got.Failures != 0 {
			t.Errorf("while it is set: %+v", got)
		}
		b.script("a")
		switched = false
		b.calls()
		if status, err := get(t, c); status != 200 {
			t.Error(err)
		}
		b.wantCalls(t, "a")
		if got := circuitOf(c, 0); got.State != breaker.Closed {
			t.Errorf("afterwards: %+v", got)
		}
	})
}
