package origin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"larder/config"
	"larder/origin/breaker"
	"larder/shield"
)

const (
	// maxAttempts keeps one request well below the platform's limit of 32
	// backend requests.
	maxAttempts = 4
	// leastTime is what another attempt needs to be worth making: one round
	// trip to the origin.
	leastTime = 50 * time.Millisecond
)

// candidate is an origin that may be asked next.
type candidate struct {
	origin  *config.Origin
	retries int // left after this attempt
	// requeued: the origin has been asked before.
	requeued bool
	// shield: this is the shield and not an origin.
	shield bool
	// lastResort: it may be probed before its cooldown is over.
	lastResort bool
	// open is why it was skipped.
	open error
}

// attempts are those of one request over the origins.
type attempts struct {
	client   *Client
	req      *Request
	limit    int64 // of bytes that are read ahead
	caller   context.Context
	within   context.Context
	deadline time.Time   // of within; zero for none
	queue    []candidate // to be asked, in this order
	deferred []candidate // second tries, after all others
	skipped  []candidate // their circuits are open
	most     int         // attempts
	made     int
	failures failures
	wanted   time.Time // when the first origin wants to be asked again
	last     *Response
	copy     *Response // the shield's, which is stale
}

// begin fills the queue and starts the clock. A request with a Body has no
// deadline: the time that the client takes to send it is not the origin's.
func (t *attempts) begin() context.CancelFunc {
	t.queue = t.client.candidates(t.req)
	if t.req.Body != nil {
		within, cancel := context.WithCancel(t.caller)
		t.within = within
		return cancel
	}
	allowed := t.client.Deadline
	if t.req.Within > 0 {
		allowed = min(allowed, t.req.Within)
	}
	t.deadline = t.client.Now().Add(allowed)
	within, cancel := context.WithTimeout(t.caller, allowed)
	t.within = within
	return cancel
}

// candidates returns the shield, if the request may ask it, and the origins. A
// request that passes through asks those with closed circuits first.
func (c *Client) candidates(req *Request) []candidate {
	var queue, open []candidate
	if o := c.shield(); o != nil && req.Shield != shield.Direct {
		queue = append(queue, candidate{origin: o, shield: true})
	}
	for _, o := range c.usable() {
		if req.PassThrough && c.store().Circuit(req.circuit(o)).State(c.Now()) != breaker.Closed {
			open = append(open, candidate{origin: o})
		} else {
			queue = append(queue, candidate{origin: o, retries: o.Retries})
		}
	}
	return append(queue, open...)
}

// next returns the next candidate, if there is one and time to ask it. Origins
// that were skipped come again as a last resort, once the others have failed.
func (t *attempts) next() (candidate, bool) {
	if len(t.queue) == 0 && t.req.LastResort {
		t.queueLastResorts()
	}
	if len(t.queue) == 0 {
		t.queue, t.deferred = t.deferred, nil
	}
	if len(t.queue) == 0 || t.made >= t.most || !t.hasTime() {
		return candidate{}, false
	}
	s := t.queue[0]
	t.queue = t.queue[1:]
	return s, true
}

func (t *attempts) queueLastResorts() {
	skipped := t.skipped
	t.skipped = nil
	for _, s := range skipped {
		if s.lastResort { // refused as such too
			t.skipped = append(t.skipped, s)
			continue
		}
		s.lastResort = true
		t.queue = append(t.queue, s)
	}
}

// skip notes that a circuit has refused the request.
func (t *attempts) skip(s candidate, err error) {
	if s.requeued { // it has been asked
		return
	}
	s.open = fmt.Errorf("origin %q: %w", s.origin.Name, err)
	t.skipped = append(t.skipped, s)
}

// late reports whether the time of all attempts together is over. The clock
// notices what the context cannot while a host call waits, such as a read.
func (t *attempts) late(now time.Time) bool {
	return t.within.Err() != nil || !t.deadline.IsZero() && !now.Before(t.deadline)
}

// hasTime reports whether another attempt is worth making.
func (t *attempts) hasTime() bool {
	now := t.client.Now()
	return !t.late(now) && (t.made == 0 || t.deadline.Sub(now) >= leastTime)
}

// admit asks the circuit. Its error wraps [ErrCircuitOpen].
func (t *attempts) admit(s candidate) (breaker.Admission, error) {
	if t.req.PassThrough {
		return breaker.Uncounted, nil
	}
	length := min(s.origin.FirstByteTimeout+s.origin.BodyTimeout, t.client.Deadline)
	return t.client.store().Admit(t.req.circuit(s.origin), s.lastResort, length)
}

// outcome says what an attempt has shown of its origin's reachability.
func (t *attempts) outcome(s candidate, a breaker.Admission, resp *Response, err error) breaker.Outcome {
	failing := err == nil && t.client.Failures.Has(resp.Status)
	bad := breaker.Bad
	if s.shield { // the origins' answer is not the shield's
		bad = breaker.Good
	}
	switch {
	case failing && !s.shield && resp.ResponseTime.Sub(resp.RequestTime) > s.origin.FirstByteTimeout/2:
		return breaker.Unreachable
	case failing:
		return bad
	case err == nil:
		return breaker.Good
	case t.caller.Err() != nil, errors.Is(err, ErrRequest), errors.Is(err, ErrStarved):
		return breaker.Unknown
	case errors.Is(err, errShieldFailed), !unreachable(err):
		return bad
	case t.made > 1 && a != breaker.Probe && t.late(t.client.Now()):
		return breaker.Unknown // earlier attempts had used up its time
	}
	return breaker.Unreachable
}

// ends takes note of an attempt, and reports whether it was the last one.
func (t *attempts) ends(s candidate, resp *Response, err error) bool {
	t.recordRetryAfter(s, resp)
	switch {
	case err != nil:
		t.failures = append(t.failures, fmt.Errorf("origin %q: %w", s.origin.Name, err))
		return !t.req.repeatable() || errors.Is(err, ErrRequest)
	case resp.Stale():
		t.copy = resp
		return false
	case t.last != nil:
		_ = t.last.Close() // a failure's body is of no use
		t.failures = append(t.failures, fmt.Errorf("origin %q: status %d", t.last.Origin, t.last.Status))
	}
	t.last = resp
	return !t.req.repeatable() || !t.client.Failures.Has(resp.Status)
}

// recordRetryAfter notes how long an origin wants not to be asked.
func (t *attempts) recordRetryAfter(s candidate, resp *Response) {
	if s.shield {
		return
	}
	wanted := t.client.Now()
	if resp != nil {
		wanted = wanted.Add(ParseRetryAfter(resp.Header, wanted))
	}
	if t.wanted.IsZero() || wanted.Before(t.wanted) {
		t.wanted = wanted
	}
}

// requeue asks the origin again where that may help: at once, or after all
// others if it has just cost a timeout or the time of a transfer. No other
// origin loses its attempt to it.
func (t *attempts) requeue(s candidate, resp *Response, err error) {
	if s.retries == 0 || t.made+t.untried() >= t.most || !transient(resp, err, t.client.Now()) {
		return
	}
	if !t.client.store().AllowsRetry(t.req.circuit(s.origin)) {
		return
	}
	s.retries--
	s.requeued = true
	if errors.Is(err, ErrTimeout) || errors.Is(err, ErrTruncated) {
		t.deferred = append(t.deferred, s)
		return
	}
	t.queue = append([]candidate{s}, t.queue...)
}

// transient reports whether the same origin may do better a moment later. A
// 500 is as likely the request's fault as the server's, and a 429 asks for the
// opposite of another request. An answer that was not accepted would come
// again, unless it was cut short, and a slow body would be slow again.
func transient(resp *Response, err error, now time.Time) bool {
	if err != nil {
		refused := errors.Is(err, ErrNotAccepted) && !errors.Is(err, ErrTruncated)
		return !refused && !errors.Is(err, errSlowBody) && !errors.Is(err, errMalformed)
	}
	switch resp.Status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return ParseRetryAfter(resp.Header, now) == 0
	}
	return false
}

// untried counts the origins that have not been asked.
func (t *attempts) untried() int {
	n := 0
	for _, s := range slices.Concat(t.queue, t.skipped) {
		if !s.requeued && !s.shield {
			n++
		}
	}
	return n
}
