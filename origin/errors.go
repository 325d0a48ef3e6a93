package origin

import (
	"errors"
	"net/url"
	"strings"
)

var (
	// ErrUnavailable is wrapped by errors that mean no origin answered.
	ErrUnavailable = errors.New("no origin answered")
	// ErrCircuitOpen is wrapped, beside [ErrUnavailable], by errors that mean
	// no origin was even asked, because all have been failing. Such an error
	// comes at once.
	ErrCircuitOpen = errors.New("circuit open")
	// ErrTimeout means that an origin took longer than it is given.
	ErrTimeout = errors.New("the origin took too long")
	// ErrTruncated means that a body ended before its time.
	ErrTruncated = errors.New("the body was cut short")
	// ErrRequest means that the request cannot be sent to any origin, and
	// that none is to blame.
	ErrRequest = errors.New("the request cannot be sent")
)

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
