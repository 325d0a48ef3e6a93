package origin

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"larder/config"
)

// admission is the permission to ask an origin once.
type admission struct {
	// trial says that the origin's circuit depends on this attempt.
	trial bool
	// early says that it is a trial beside those that end a pause.
	early bool
	// untouched says that the circuit had nothing that a success takes back.
	untouched bool
}

// admit says whether the origin may be asked. Its error wraps
// [ErrCircuitOpen].
func (t *tour) admit(s stop) (admission, error) {
	c, o, path := t.client, s.origin, idOf(t.req.Path)
	if c.Breaker.Failures == 0 {
		return admission{untouched: true}, nil
	}
	known, old := c.circuit(o)
	if old && known.state(c.Now()) != Closed {
		known = c.refresh(o) // another sandbox may have tried since
	}
	if s.early && known.mayTryEarly(path, c.Now(), c.Breaker) {
		return admission{trial: true, early: true}, nil
	}
	if known.state(c.Now()) == Closed {
		return admission{untouched: known.untouched(path, c.Now(), c.Breaker)}, nil
	}
	if next := known.next(path, c.Now(), c.Breaker); c.Now().Before(next) {
		return admission{}, fmt.Errorf("%w until %s", ErrCircuitOpen, next.UTC().Format(time.RFC3339))
	}
	if !t.req.repeatable() && t.anotherIsWell() {
		return admission{}, fmt.Errorf("%w until a request that can be repeated tries it", ErrCircuitOpen)
	}
	if !c.takeTrial(o, known.until) {
		return admission{}, fmt.Errorf("%w while another request tries it", ErrCircuitOpen)
	}
	return admission{trial: true}, nil
}

// anotherIsWell reports whether one of the origins to come has a closed
// circuit.
func (t *tour) anotherIsWell() bool {
	return slices.ContainsFunc(t.queue, func(s stop) bool {
		known, _ := t.client.circuit(s.origin)
		return known.state(t.client.Now()) == Closed
	})
}

// outcome is how an attempt has ended: with an answer or an error, and how
// long it took.
type outcome struct {
	req  *Request
	resp *Response // nil with an error
	err  error
	took time.Duration
}

// path is the one that has failed, where it is not the origin. A status that came
// late is the origin's failure: a gateway gives it for a dead origin, and an
// API may have one path only.
func (e outcome) path(o *config.Origin) pathID {
	late := e.resp != nil && e.took >= o.FirstByteTimeout/2
	if answered(e.err) && !late {
		return idOf(e.req.Path)
	}
	return noPath
}

// showsNothing reports whether a failure says nothing of the origin: it is one
// client's own, and an origin that is well may just take long over it.
func (e outcome) showsNothing(a admission) bool {
	slow := errors.Is(e.err, ErrTimeout) && !errors.Is(e.err, errConnect)
	return e.req.Private && (answered(e.err) || slow && !a.trial)
}

func (e outcome) says(status int) bool { return e.resp != nil && e.resp.Status == status }

// conclude tells an origin's circuit how an attempt has ended. Bad answers to
// one client alone show nothing, and neither does a 429 that is a tenant's.
func (c *Client) conclude(s stop, a admission, e outcome) {
	switch {
	case c.Breaker.Failures == 0:
	case s.shield && shieldAlive(e):
		c.concludeSuccess(s.origin, a, e)
	case c.Tenants && e.says(http.StatusTooManyRequests):
		c.postpone(s.origin, a, e)
	case e.resp != nil && !c.Failures.Has(e.resp.Status):
		c.concludeSuccess(s.origin, a, e)
	case e.showsNothing(a):
		c.postpone(s.origin, a, e)
	default:
		c.concludeFailure(s.origin, a, e)
	}
}

func (c *Client) concludeSuccess(o *config.Origin, a admission, e outcome) {
	path := idOf(e.req.Path)
	switch {
	case a.trial:
		c.change(o, func(known circuit) circuit { return known.closed(path, c.Now(), c.Breaker) })
	case !a.untouched:
		c.change(o, func(known circuit) circuit { return known.succeeded(path, c.Now(), c.Breaker) })
	}
}

// postpone ends an admission whose answer has shown nothing of the origin. That
// makes no pause longer, and the next trial is due after the shortest.
func (c *Client) postpone(o *config.Origin, a admission, e outcome) {
	if !a.trial {
		return
	}
	c.change(o, func(known circuit) circuit {
		if a.early {
			return known.earlyFailed(failure{at: c.Now(), path: idOf(e.req.Path), took: e.took}, c.Breaker)
		}
		return known.postponed(c.Now(), c.Breaker, c.random())
	})
}

// release gives back an admission of which nothing has come: another request
// may have it.
func (c *Client) release(o *config.Origin, a admission) {
	if a.trial && !a.early {
		c.change(o, func(known circuit) circuit { return known.due(c.Now()) })
	}
}

func (c *Client) concludeFailure(o *config.Origin, a admission, e outcome) {
	c.change(o, func(known circuit) circuit {
		now := c.Now()
		if e.says(http.StatusTooManyRequests) {
			if wait := RetryAfter(e.resp.Header, now); wait > 0 {
				return known.refused(now, wait, c.Breaker)
			}
		}
		f := failure{at: now, path: e.path(o), took: e.took}
		switch {
		case a.early:
			return known.earlyFailed(f, c.Breaker)
		case a.trial:
			return known.trialFailed(f, c.Breaker, c.random())
		}
		return known.failed(f, c.Breaker, c.random())
	})
}

func (c *Client) random() float64 {
	if c.Random != nil {
		return c.Random()
	}
	return rand.Float64()
}
