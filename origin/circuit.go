package origin

import (
	"slices"
	"time"

	"larder/config"
)

// State is what an origin's circuit allows.
type State string

const (
	// Closed is a circuit in normal service: the origin is asked.
	Closed State = "closed"
	// Open is the circuit of an origin that is left alone.
	Open State = "open"
	// HalfOpen is a circuit whose pause is over: one request tries the origin,
	// and the others go on as if it were open.
	HalfOpen State = "half-open"
)

// circuit is what the requests of a place know of an origin's failures. It is
// a value: what happens makes a new one. The zero value is closed.
type circuit struct {
	// failures that count, oldest first, while the circuit is closed; else those
	// that have opened it, and the latest ones of trials.
	failures []failure
	// bad are the paths that are known to fail although the origin is well, with
	// their latest failures, oldest first. What they answer does not count.
	bad []failure
	// good is about when the origin last gave a good answer. It is kept while
	// there are bad paths: an origin that gives none any more is not well.
	good time.Time
	// count of failures since the circuit was last closed.
	count int
	// news are the paths that have failed in trials for the first time since a
	// pause last grew.
	news int
	// since is when the circuit last opened or closed; zero if it never did.
	since time.Time
	// until is when the next trial may begin; zero while closed.
	until time.Time
	// pause is the longest one so far without its jitter; zero while closed.
	pause time.Duration
	// early is until when an early trial that had no answer, or the origin's own
	// wish, keeps others from being made; zero if none does.
	early time.Time
}

func (c circuit) state(now time.Time) State {
	switch {
	case c.until.IsZero():
		return Closed
	case now.Before(c.until):
		return Open
	}
	return HalfOpen
}

// untouched reports whether a success of a path would change nothing.
func (c circuit) untouched(path pathID, now time.Time, b config.Breaker) bool {
	known := len(c.bad) == 0 || now.Sub(c.good) < b.MaxCooldown/4
	return c.until.IsZero() && len(c.failures) == 0 && !has(c.bad, path) && known
}

// failed counts a failure. It changes nothing in a circuit that is open: who
// had already asked the origin when it opened says nothing new.
//
// Failures of one path count once: of a page that is broken while the others
// are kept, or sound, nothing but failures is heard.
//
// The window is longer by the time that so many attempts take, since of an
// origin that hangs, requests that come one by one learn only once in a
// timeout.
func (c circuit) failed(f failure, b config.Breaker, random float64) circuit {
	if !c.until.IsZero() {
		return c
	}
	if f.at.Sub(c.good) <= b.MaxCooldown && has(recent(c.bad, b.MaxCooldown, f.at), f.path) {
		c.bad = with(c.bad, f)
		return c
	}
	window := b.Window + time.Duration(b.Failures-1)*max(f.took, 0)
	c.failures = with(recent(c.failures, window, f.at), f)
	c.count = len(c.failures)
	if c.count < b.Failures {
		return c
	}
	c.since = f.at
	return c.paused(f.at, b.Cooldown, b, random)
}

// trialFailed begins a longer pause. Where the trial was of a path that is
// known to fail, it shows nothing new of the origin: pauses do not grow, and
// another path may be tried after the shortest one. One more path is not much
// news: pauses grow when as many have failed as open the circuit. Where nobody
// has tried for longer than the longest pause, the last outage may be long
// over, and pauses begin anew.
func (c circuit) trialFailed(f failure, b config.Breaker, random float64) circuit {
	if c.until.IsZero() { // another trial has closed it
		return c.failed(f, b, random)
	}
	untried := f.at.Add(-f.took).Sub(c.until)
	known := c.fails(f.path, f.at, b)
	c.failures = latest(with(c.failures, f), b)
	c.count++
	switch {
	case untried > b.MaxCooldown:
		return c.paused(f.at, b.Cooldown, b, random)
	case known:
		return c.postponed(f.at, b, random)
	case f.path != noPath:
		if c.news++; c.news < b.Failures {
			return c.paused(f.at, c.pause, b, random)
		}
	}
	c.news = 0
	return c.paused(f.at, 2*c.pause, b, random)
}

// postponed lets the next trial come after a shortest pause, and no pause grow.
func (c circuit) postponed(now time.Time, b config.Breaker, random float64) circuit {
	if c.until.IsZero() { // another trial has closed it
		return c
	}
	longest := c.pause
	c = c.paused(now, b.Cooldown, b, random)
	c.pause = longest
	return c
}

// fails reports whether a path is among those that have failed.
func (c circuit) fails(path pathID, now time.Time, b config.Breaker) bool {
	return has(c.failures, path) || has(recent(c.bad, b.MaxCooldown, now), path)
}

// next is when a request for a path may try the origin. One that is known to
// fail waits a pause longer: it is asked again and again, since it is never
// kept, and would leave no trial to the sound ones.
func (c circuit) next(path pathID, now time.Time, b config.Breaker) time.Time {
	if c.fails(path, now, b) {
		return c.until.Add(b.Cooldown)
	}
	return c.until
}

// succeeded takes back one failure, so that an origin with more good answers
// than bad ones is not given up: a single broken page must not take the whole
// origin away. The path is no longer known to fail.
func (c circuit) succeeded(path pathID, now time.Time, b config.Breaker) circuit {
	if !c.until.IsZero() {
		return c
	}
	c.failures = recent(c.failures, b.Window, now)
	if len(c.failures) > 0 {
		c.failures = c.failures[1:]
	}
	c.count = len(c.failures)
	c.bad, c.good = without(recent(c.bad, b.MaxCooldown, now), path), now
	return c
}

// closed is the circuit after a trial of a path that succeeded. The other paths
// that have failed stay known, lest they open it again at once.
func (c circuit) closed(path pathID, now time.Time, b config.Breaker) circuit {
	if c.until.IsZero() { // another trial has closed it
		return c.succeeded(path, now, b)
	}
	bad := recent(c.bad, b.MaxCooldown, now)
	for _, f := range c.failures {
		if f.path != noPath {
			bad = with(bad, failure{at: now, path: f.path})
		}
	}
	return circuit{bad: latest(without(bad, path), b), good: now, since: now}
}

// due is the circuit after a trial that has shown nothing: another request may
// try at once. Trials are known by the time, to the millisecond, at which they
// were due.
func (c circuit) due(now time.Time) circuit {
	if !c.until.IsZero() {
		c.until = now.Add(time.Millisecond)
	}
	return c
}

// refused keeps the circuit open for as long as the origin asks.
func (c circuit) refused(now time.Time, wait time.Duration, b config.Breaker) circuit {
	if c.until.IsZero() {
		c = circuit{bad: c.bad, count: len(c.failures), since: now, pause: b.Cooldown}
	}
	c.count++
	until := now.Add(wait)
	if until.After(c.until) {
		c.until = until
	}
	if until.After(c.early) {
		c.early = until
	}
	return c
}

// mayTryEarly reports whether the origin may be tried for a path although its
// circuit is not closed. It may not while the origin has asked to be left
// alone, nor while failed trials bar it: an early one without an answer, any
// one of this path, or those of as many others as open the circuit.
//
// Other trials without an answer do not bar it. They end long pauses, and the
// origin that has stood in meanwhile may have failed since.
func (c circuit) mayTryEarly(path pathID, now time.Time, b config.Breaker) bool {
	if c.until.IsZero() || now.Before(c.early) {
		return false
	}
	barring := slices.DeleteFunc(slices.Clone(c.failures), func(f failure) bool {
		return f.path == noPath || !f.at.After(c.since) || !now.Before(f.barsUntil(b))
	})
	return !has(barring, path) && len(barring) < b.Failures
}

// earlyFailed bars early trials for a while. It makes no pause longer.
func (c circuit) earlyFailed(f failure, b config.Breaker) circuit {
	switch {
	case c.until.IsZero(): // another trial has closed it
		return c
	case f.path != noPath:
		c.failures = latest(with(c.failures, f), b)
	case f.barsUntil(b).After(c.early):
		c.early = f.barsUntil(b)
	}
	return c
}

// jitter is how much a pause differs from the configured one at most, so that
// the places of the network do not try an origin all at once.
const jitter = 0.2

// paused opens the circuit for a pause, with a random number from 0 to 1.
func (c circuit) paused(now time.Time, pause time.Duration, b config.Breaker, random float64) circuit {
	c.pause = min(pause, b.MaxCooldown)
	factor := 1 - jitter + 2*jitter*random
	c.until = now.Add(min(time.Duration(float64(c.pause)*factor), b.MaxCooldown))
	return c
}
