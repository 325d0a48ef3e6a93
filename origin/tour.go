package origin

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"

	"larder/config"
	"larder/shield"
)

// stop is an origin's turn among those of one request.
type stop struct {
	origin *config.Origin
	// retries that are left after this turn.
	retries int
	// again says that the origin had a turn already.
	again bool
	// shield says that it is not an origin, but the way to the shield.
	shield bool
	// early says that it may be tried although its circuit is open.
	early bool
	// open is why it was passed over.
	open error
}

func (c *Client) queue(req *Request) []stop {
	usable := c.usable()
	queue := make([]stop, 0, len(usable)+1+maxAttempts)
	if req.Shield != shield.Direct {
		if o := c.shield(); o != nil {
			queue = append(queue, stop{origin: o, shield: true})
		}
	}
	for _, o := range usable {
		queue = append(queue, stop{origin: o, retries: o.Retries})
	}
	return queue
}

// tour is the way of one request from origin to origin.
type tour struct {
	client   *Client
	req      *Request
	limit    int64 // of bytes that are read ahead
	caller   context.Context
	within   context.Context
	deadline time.Time // of within
	queue    []stop
	passed   []stop // whose circuits are open
	early    bool   // those have been queued again
	second   []stop // turns, which come after all others
	most     int    // attempts
	attempts int
	tried    bool      // an origin has failed
	free     time.Time // when the first origin lets itself be asked again
	failures failures
	last     *Response
	copy     *Response // the shield's, which is stale
}

// late reports whether the time of all attempts together is over. A host call
// that waits, such as a read, keeps the context from noticing; the clock does
// notice.
func (t *tour) late(now time.Time) bool {
	return t.within.Err() != nil || !now.Before(t.deadline)
}

// hasTime reports whether another attempt is worth making.
func (t *tour) hasTime() bool {
	now := t.client.Now()
	return !t.late(now) && (t.attempts == 0 || t.deadline.Sub(now) >= leastTime)
}

func (t *tour) skip(s stop, err error) {
	if s.again { // it has been asked
		return
	}
	s.open = fmt.Errorf("origin %q: %w", s.origin.Name, err)
	t.passed = append(t.passed, s)
}

// more reports whether there is another stop. Where an origin has failed, those
// that were passed over are tried early: they may have recovered, and nobody
// stands behind them. While no origin is asked nobody tries early.
func (t *tour) more() bool {
	if len(t.queue) == 0 && t.tried && !t.early {
		t.early = true
		for _, s := range t.passed {
			s.early, s.retries = true, 0
			t.queue = append(t.queue, s)
		}
		t.passed = nil
	}
	if len(t.queue) == 0 {
		t.queue, t.second = t.second, nil
	}
	return len(t.queue) > 0
}

// blames reports whether the attempt says anything about the origin. It does
// not where the caller gave up, or where earlier attempts had used up the
// time: what Accept says is not for want of it. A trial always counts, lest its
// origin be forgotten.
func (t *tour) blames(a admission, err error) bool {
	switch {
	case err == nil:
		return true
	case t.caller.Err() != nil, errors.Is(err, ErrRequest):
		return false
	}
	return t.attempts == 1 || a.trial || errors.Is(err, ErrNotAccepted) || !t.late(t.client.Now())
}

// ends takes note of an attempt, and reports whether it was the last one.
func (t *tour) ends(s stop, a admission, resp *Response, err error) bool {
	t.heed(s, resp)
	if err != nil {
		t.failures = append(t.failures, fmt.Errorf("origin %q: %w", s.origin.Name, err))
		if !t.req.repeatable() || errors.Is(err, ErrRequest) {
			return true
		}
	} else if resp.Stale() {
		t.copy = resp
	} else {
		if t.last != nil {
			_ = t.last.Close() // a failure's body is of no use
			t.failures = append(t.failures, fmt.Errorf("origin %q: status %d", t.last.Origin, t.last.Status))
		}
		t.last = resp
		if !t.req.repeatable() || !t.client.Failures.Has(resp.Status) {
			return true
		}
	}
	t.tried = t.tried || !s.shield
	if !a.trial {
		t.again(s, resp, err)
	}
	return false
}

// heed takes note of how long an origin wants to be left alone.
func (t *tour) heed(s stop, resp *Response) {
	if s.shield {
		return
	}
	free := t.client.Now()
	if resp != nil {
		free = free.Add(RetryAfter(resp.Header, free))
	}
	if t.free.IsZero() || free.Before(t.free) {
		t.free = free
	}
}

// retryIn is how long all origins want to be left alone.
func (t *tour) retryIn() time.Duration {
	wait := t.free.Sub(t.client.Now())
	if wait <= 0 || t.untried() > 0 {
		return 0
	}
	return wait
}

// again gives the origin another turn where that may help: at once, or, where
// the origin has just cost its whole timeout or the time of a transfer, after
// the others had theirs. No origin goes without its turn for it.
func (t *tour) again(s stop, resp *Response, err error) {
	if s.retries == 0 || t.attempts+t.untried() >= t.most || !t.transient(resp, err) {
		return
	}
	s.retries--
	s.again = true
	if errors.Is(err, ErrTimeout) || errors.Is(err, ErrTruncated) {
		t.second = append(t.second, s)
		return
	}
	t.queue = append([]stop{s}, t.queue...)
}

// transient reports whether the same origin may do better a moment later. A
// 500 is this request's own fault as likely as the server's, and a 429 asks
// for the opposite of another request. What was not accepted would come again,
// unless it was cut short, and a body that took too long would take as long
// again.
func (t *tour) transient(resp *Response, err error) bool {
	if err != nil {
		refused := errors.Is(err, ErrNotAccepted) && !errors.Is(err, ErrTruncated)
		return !refused && !errors.Is(err, errSlowBody)
	}
	switch resp.Status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return RetryAfter(resp.Header, t.client.Now()) == 0
	}
	return false
}

// untried counts the origins that have not been asked.
func (t *tour) untried() int {
	n := 0
	for _, s := range slices.Concat(t.queue, t.passed) {
		if !s.again && !s.shield {
			n++
		}
	}
	return n
}

// result is the last answer, however bad, or what happened instead. A copy of
// the shield's beats a failure, which is then its spare, and is itself a spare
// for any other answer.
func (t *tour) result() (*Response, error) {
	switch {
	case t.copy == nil:
	case t.last == nil:
		t.last = t.copy
	case t.client.Failures.Has(t.last.Status):
		t.copy.Spare = t.last
		t.last = t.copy
	default:
		t.last.Spare = t.copy
	}
	others := t.others()
	for _, resp := range [...]*Response{t.last, t.copy} {
		if resp != nil {
			resp.Attempts, resp.RetryIn, resp.Others = t.attempts, t.retryIn(), others
		}
	}
	switch {
	case t.last != nil:
		return t.last, nil
	case t.attempts == 0 && t.late(t.client.Now()):
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, ErrTimeout)
	case t.most <= 0:
		return nil, fmt.Errorf("%w: no attempts are left", ErrUnavailable)
	case t.attempts == 0 && len(t.passed) > 0:
		return nil, &OpenError{RetryIn: t.nextTrial(), skipped: t.skipped()}
	case t.attempts == 0:
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, ErrDisabled)
	}
	return nil, fmt.Errorf("%w: %w", ErrUnavailable, others)
}

// others tells what has failed beside the answer. An open circuit on the way is
// worth a word then, and is not the reason.
func (t *tour) others() error {
	if len(t.failures) == 0 {
		return nil
	}
	if skipped := t.skipped(); len(skipped) > 0 {
		return fmt.Errorf("%w; %v", t.failures, skipped)
	}
	return t.failures
}

// skipped tells why origins were passed over.
func (t *tour) skipped() failures {
	var all failures
	for _, s := range t.passed {
		all = append(all, s.open)
	}
	return all
}

// nextTrial is how long it is until this request may try the first of those
// that were passed over.
func (t *tour) nextTrial() time.Duration {
	wait := time.Duration(math.MaxInt64)
	for _, s := range t.passed {
		known, _ := t.client.circuit(s.origin)
		now := t.client.Now()
		wait = min(wait, known.next(idOf(t.req.Path), now, t.client.Breaker).Sub(now))
	}
	return max(wait, 0)
}
