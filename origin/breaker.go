package origin

import (
	"fmt"
	"math/rand/v2"
	"net/http"
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

// admit says whether an origin may be asked. Its error wraps
// [ErrCircuitOpen].
func (c *Client) admit(s stop) (admission, error) {
	o := s.origin
	if c.Breaker.Failures == 0 {
		return admission{untouched: true}, nil
	}
	known, old := c.circuit(o)
	if old && known.state(c.Now()) != Closed {
		known = c.refresh(o) // another sandbox may have tried since
	}
	if s.early && known.mayTryEarly(c.Now()) {
		return admission{trial: true, early: true}, nil
	}
	switch known.state(c.Now()) {
	case Closed:
		return admission{untouched: known.untouched()}, nil
	case HalfOpen:
		if c.takeTrial(o, known.until) {
			return admission{trial: true}, nil
		}
		return admission{}, fmt.Errorf("%w while another request tries it", ErrCircuitOpen)
	}
	return admission{}, fmt.Errorf("%w until %s", ErrCircuitOpen, known.until.UTC().Format(time.RFC3339))
}

// conclude tells an origin's circuit how an attempt has ended, with an answer
// or without one, and how long it took.
func (c *Client) conclude(o *config.Origin, a admission, resp *Response, err error, took time.Duration) {
	alive := shieldAlive(resp, err)
	switch {
	case c.Breaker.Failures == 0:
	case !alive && resp != nil && resp.Status == http.StatusTooManyRequests && c.Tenants:
		c.release(o, a)
	case !alive && (resp == nil || c.Failures.Has(resp.Status)):
		c.concludeFailure(o, a, resp, took)
	case a.trial:
		c.change(o, func(circuit) circuit { return closed(c.Now()) })
	case !a.untouched:
		c.change(o, func(known circuit) circuit { return known.succeeded(c.Now(), c.Breaker) })
	}
}

// release gives back an admission that has shown nothing of the origin.
func (c *Client) release(o *config.Origin, a admission) {
	if a.trial && !a.early {
		c.change(o, func(known circuit) circuit { return known.due(c.Now()) })
	}
}

func (c *Client) concludeFailure(o *config.Origin, a admission, resp *Response, took time.Duration) {
	c.change(o, func(known circuit) circuit {
		now := c.Now()
		if resp != nil && resp.Status == http.StatusTooManyRequests {
			if wait := retryAfter(resp.Header, now); wait > 0 {
				return known.refused(now, wait, c.Breaker)
			}
		}
		if a.early {
			return known.earlyFailed(now)
		}
		if a.trial {
			return known.trialFailed(now, took, c.Breaker, c.random())
		}
		return known.failed(now, took, c.Breaker, c.random())
	})
}

func (c *Client) random() float64 {
	if c.Random != nil {
		return c.Random()
	}
	return rand.Float64()
}
