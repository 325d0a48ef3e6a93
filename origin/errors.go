package origin

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

var (
	// ErrUnavailable is wrapped by errors that mean no origin answered.
	ErrUnavailable = errors.New("no origin answered")
	// ErrCircuitOpen is wrapped, beside [ErrUnavailable], by errors that mean
	// no origin was even asked, because all have been failing. Such an error
	// comes at once, and is an [OpenError].
	ErrCircuitOpen = errors.New("circuit open")
	// ErrDisabled is wrapped, beside [ErrUnavailable], by errors that mean no
	// origin was asked, because the operator has switched all of them off.
	ErrDisabled = errors.New("all are switched off")
	// ErrTimeout means that an origin took longer than it is given.
	ErrTimeout = errors.New("the origin took too long")
	// ErrTruncated means that a body ended before its time.
	ErrTruncated = errors.New("the body was cut short")
	// ErrNotAccepted means that an answer was of no use to the caller; what
	// Accept said is wrapped beside it.
	ErrNotAccepted = errors.New("the answer is of no use")
	// ErrRequest means that the request cannot be sent to any origin, and
	// that none is to blame.
	ErrRequest = errors.New("the request cannot be sent")
)

var (
	// errConnect: there was no connection in time, so nothing was sent.
	errConnect = fmt.Errorf("%w over the connection", ErrTimeout)
	// errSlowBody: the answer began in time, and did not end in time.
	errSlowBody = fmt.Errorf("%w over the body", ErrTimeout)
	// errNoBody: nothing came behind the header section.
	errNoBody = fmt.Errorf("%w, of which nothing came", errSlowBody)
)

// OpenError means that no origin is asked because all have been failing. It
// wraps [ErrUnavailable] and [ErrCircuitOpen].
type OpenError struct {
	// RetryIn is how long it is until one of the origins may be tried again;
	// zero where one is due, or is being tried.
	RetryIn time.Duration
	skipped failures
}

func (e *OpenError) Error() string {
	if len(e.skipped) == 0 {
		return ErrUnavailable.Error() + ": " + ErrCircuitOpen.Error()
	}
	return ErrUnavailable.Error() + ": " + e.skipped.Error()
}

// Unwrap lets [errors.Is] find the sentinels.
func (e *OpenError) Unwrap() []error { return []error{ErrUnavailable, ErrCircuitOpen} }

// RetryIn is that of the [OpenError] in an error, or zero where there is none.
func RetryIn(err error) time.Duration {
	var open *OpenError
	if !errors.As(err, &open) {
		return 0
	}
	return open.RetryIn
}

// failures is what happened at each attempt. Logs have one line for an error,
// which [errors.Join] would break.
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
