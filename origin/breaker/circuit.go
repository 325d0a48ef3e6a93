// Package breaker decides whether an origin may be asked: a [Circuit] about
// its reachability, a [Budget] for asking it twice, and a [Store] that shares
// both among the sandboxes of a POP.
//
// Circuit and Budget are values: each event returns a new one, and no method
// reads a clock. Package origin says which attempts count.
package breaker

import (
	"hash/fnv"
	"slices"
	"time"

	"larder/config"
)

// State is what a circuit allows.
type State string

const (
	// Closed is normal service: every request may ask the origin.
	Closed State = "closed"
	// Open means that the origin is not asked until the cooldown is over.
	Open State = "open"
	// HalfOpen means that the cooldown is over: one request at a time probes
	// the origin, and the others are refused.
	HalfOpen State = "half-open"
)

// URL is a hash of a request's path and query. Two URLs with the same hash
// count as one, which at worst costs one more failure before a circuit opens.
type URL uint64

// URLOf hashes a path and a query.
func URLOf(path, query string) URL {
	h := fnv.New64a()
	_, _ = h.Write([]byte(path + "?" + query)) // never fails (hash.Hash)
	return URL(h.Sum64())
}

// Failure is an attempt that did not reach the origin.
type Failure struct {
	At   time.Time
	URL  URL
	Took time.Duration `json:"-"`
}

// Circuit is what a POP knows of an origin's reachability. The zero value is
// closed. Its fields are exported for JSON.
type Circuit struct {
	// Since is when the circuit last opened or closed; zero if it never did.
	Since time.Time `json:",omitzero"`
	// Until is when the cooldown ends; zero while closed.
	Until time.Time `json:",omitzero"`
	// Cooldown is the current one without its jitter; zero while closed.
	Cooldown time.Duration `json:",omitzero"`
	// Count is how often the origin has failed since the circuit was last
	// closed, probes included; zero while closed.
	Count int `json:",omitzero"`
	// Recent failures that count, oldest first; none while open.
	Recent []Failure `json:",omitempty"`
}

// State returns what the circuit allows now.
func (c Circuit) State(now time.Time) State {
	switch {
	case c.Until.IsZero():
		return Closed
	case now.Before(c.Until):
		return Open
	}
	return HalfOpen
}

// Failures returns how many failures count now.
func (c Circuit) Failures(now time.Time, window time.Duration) int {
	return c.Count + len(recent(c.Recent, window, now))
}

// Failed counts a failure. It is ignored while the circuit is open: requests
// sent before it opened tell us nothing new.
//
// Each URL counts once within the window, so that one page cannot open the
// circuit. The window is extended by (failures − 1) × the failure's duration:
// requests that come one by one learn about a hanging origin only once in a
// timeout.
func (c Circuit) Failed(f Failure, s config.Breaker, random float64) Circuit {
	if !c.Until.IsZero() {
		return c
	}
	window := s.Window + time.Duration(s.Failures-1)*f.Took
	others := slices.DeleteFunc(recent(c.Recent, window, f.At), func(o Failure) bool { return o.URL == f.URL })
	c.Recent = append(others, f)
	if len(c.Recent) < s.Failures {
		return c
	}
	return Circuit{Since: f.At, Count: len(c.Recent)}.cool(f.At, s.Cooldown, s, random)
}

// Succeeded takes one failure back, so that an origin with more successes than
// failures keeps its circuit closed. It is ignored while the circuit is open:
// only a probe closes it.
func (c Circuit) Succeeded(now time.Time, s config.Breaker) Circuit {
	if !c.Until.IsZero() {
		return c
	}
	c.Recent = recent(c.Recent, s.Window, now)
	if len(c.Recent) > 0 {
		c.Recent = c.Recent[1:]
	}
	return c
}

// ProbeFailed doubles the cooldown, up to the longest. A last-resort probe,
// which began before the cooldown was over, leaves the cooldown as it is.
func (c Circuit) ProbeFailed(f Failure, s config.Breaker, random float64) Circuit {
	if c.Until.IsZero() { // another probe has closed it
		return c.Failed(f, s, random)
	}
	c.Count++
	if f.At.Add(-f.Took).Before(c.Until) {
		return c
	}
	return c.cool(f.At, 2*c.Cooldown, s, random)
}

// ProbeSucceeded closes the circuit.
func (c Circuit) ProbeSucceeded(now time.Time, s config.Breaker) Circuit {
	if c.Until.IsZero() { // another probe has closed it
		return c.Succeeded(now, s)
	}
	return Circuit{Since: now}
}

// jitter is how far a cooldown may differ from its nominal length, so that the
// POPs do not all probe at once.
const jitter = 0.2

// cool begins a cooldown, given a random number from 0 to 1.
func (c Circuit) cool(now time.Time, cooldown time.Duration, s config.Breaker, random float64) Circuit {
	c.Cooldown = min(cooldown, s.MaxCooldown)
	factor := 1 - jitter + 2*jitter*random
	c.Until = now.Add(min(time.Duration(float64(c.Cooldown)*factor), s.MaxCooldown))
	return c
}

// recent returns a new slice with the failures inside the window.
func recent(all []Failure, window time.Duration, now time.Time) []Failure {
	return slices.DeleteFunc(slices.Clone(all), func(f Failure) bool { return now.Sub(f.At) > window })
}
