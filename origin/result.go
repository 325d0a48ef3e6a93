package origin

import (
	"fmt"
	"math"
	"time"
)

// result is the last answer, however bad, or what happened instead. The
// shield's stale copy beats a failure, which is then its spare, and is itself
// the spare of any other answer.
func (t *attempts) result() (*Response, error) {
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
	for _, resp := range [...]*Response{t.last, t.copy} {
		if resp != nil {
			resp.Attempts, resp.RetryAfter, resp.Others = t.made, t.retryAfter(), t.others()
		}
	}
	switch {
	case t.last != nil:
		return t.last, nil
	case t.made > 0:
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, t.others())
	case t.late(t.client.Now()):
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, ErrTimeout)
	case t.most <= 0:
		return nil, fmt.Errorf("%w: no attempts are left", ErrUnavailable)
	case len(t.skipped) > 0:
		return nil, &OpenError{RetryAfter: t.nextProbe(), skipped: reasons(t.skipped)}
	}
	return nil, fmt.Errorf("%w: %w", ErrUnavailable, ErrDisabled)
}

// retryAfter is how long all origins want not to be asked.
func (t *attempts) retryAfter() time.Duration {
	if t.untried() > 0 {
		return 0
	}
	return max(t.wanted.Sub(t.client.Now()), 0)
}

// others says what has failed beside the answer, and which origins were
// skipped besides.
func (t *attempts) others() error {
	if skipped := reasons(t.skipped); len(t.failures) > 0 && len(skipped) > 0 {
		return fmt.Errorf("%w; %v", t.failures, skipped)
	}
	if len(t.failures) > 0 {
		return t.failures
	}
	return nil
}

// reasons says why origins were skipped.
func reasons(skipped []candidate) failures {
	var all failures
	for _, s := range skipped {
		all = append(all, s.open)
	}
	return all
}

// nextProbe is how long it is until this request may probe one of the origins
// that were skipped.
func (t *attempts) nextProbe() time.Duration {
	wait := time.Duration(math.MaxInt64)
	if t.req.LastResort {
		wait = t.client.Breaker.Cooldown
	}
	for _, s := range t.skipped {
		wait = min(wait, t.client.store().Circuit(t.req.circuit(s.origin)).Until.Sub(t.client.Now()))
	}
	return max(wait, 0)
}
