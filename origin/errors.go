package origin

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"larder/origin/breaker"
)

var (
	// ErrUnavailable is wrapped by errors that mean no origin answered.
	ErrUnavailable = errors.New("no origin answered")
	// ErrCircuitOpen is wrapped, beside [ErrUnavailable], by an [OpenError].
	ErrCircuitOpen = breaker.ErrOpen
	// ErrDisabled is wrapped, beside [ErrUnavailable], by errors that mean no
	// origin was asked because the operator has switched all of them off.
	ErrDisabled = errors.New("all are switched off")
	// ErrTimeout means that an origin took too long.
	ErrTimeout = errors.New("the origin took too long")
	// ErrTruncated means that a body broke off before its end.
	ErrTruncated = errors.New("the body was cut short")
	// ErrNotAccepted means that the caller's Accept refused an answer; its
	// error is wrapped beside it.
	ErrNotAccepted = errors.New("the answer is of no use")
	// ErrStarved means that the program could not look for the answer in time,
	// because it was busy with something else, such as a client that reads
	// slowly. It says nothing of the origin.
	ErrStarved = errors.New("the answer was not looked for in time")
	// ErrRequest means that the request cannot be sent to any origin.
	ErrRequest = errors.New("the request cannot be sent")
)

var (
	// errSlowBody: the body arrived too slowly.
	errSlowBody = fmt.Errorf("%w over the body", ErrTimeout)
	// errStalled: nothing of the body arrived for a whole timeout.
	errStalled = fmt.Errorf("%w, which stalled", errSlowBody)
	// errMalformed: the answer is not HTTP that the platform accepts.
	errMalformed = errors.New("the answer is malformed")
)

// Unreachable reports whether an error of [Client.Do] is about the origins'
// reachability: refused or reset connections, timeouts, stalled bodies, open
// circuits. It is false for nil, and where an origin gave a bad answer
// (truncated, slow, malformed, not accepted), which is the URL's failure.
func Unreachable(err error) bool {
	var all failures
	if !errors.As(err, &all) {
		return err != nil && unreachable(err)
	}
	for _, one := range all {
		if !unreachable(one) {
			return false
		}
	}
	return true
}

// unreachable is [Unreachable] for the error of one attempt.
func unreachable(err error) bool {
	if errors.Is(err, errStalled) {
		return true
	}
	for _, bad := range [...]error{ErrRequest, ErrStarved, ErrNotAccepted, ErrTruncated, errSlowBody, errMalformed} {
		if errors.Is(err, bad) {
			return false
		}
	}
	return true
}

// OpenError means that no origin was asked because all circuits are open. It
// wraps [ErrUnavailable] and [ErrCircuitOpen].
type OpenError struct {
	// RetryAfter is how long it is until the request may probe an origin; zero
	// if one may be probed now, or is being probed.
	RetryAfter time.Duration
	skipped    failures
}

func (e *OpenError) Error() string {
	if len(e.skipped) == 0 {
		return ErrUnavailable.Error() + ": " + ErrCircuitOpen.Error()
	}
	return ErrUnavailable.Error() + ": " + e.skipped.Error()
}

// Unwrap lets [errors.Is] find the sentinels.
func (e *OpenError) Unwrap() []error { return []error{ErrUnavailable, ErrCircuitOpen} }

// RetryAfter returns that of the [OpenError] in an error, or zero.
func RetryAfter(err error) time.Duration {
	var open *OpenError
	if !errors.As(err, &open) {
		return 0
	}
	return open.RetryAfter
}

// failures are the errors of attempts. Logs have one line for an error, which
// [errors.Join] would break.
type failures []error

func (f failures) Error() string {
	texts := make([]string, len(f))
	for i, err := range f {
		texts[i] = err.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap lets [errors.Is] find the sentinels among the failures.
func (f failures) Unwrap() []error { return f }

// withoutURL takes the URL out of an error, because its query may hold a
// tenant's credential.
func withoutURL(err error) error {
	var located *url.Error
	if errors.As(err, &located) {
		return located.Err
	}
	return err
}
