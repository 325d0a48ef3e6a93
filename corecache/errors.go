package corecache

import (
	"errors"
	"fmt"
)

var (
	// ErrNotFound means that the cache has no usable object for the key.
	ErrNotFound = errors.New("object not found")
	// ErrInvalidArgument means that an option is invalid, for example a key
	// that is too long.
	ErrInvalidArgument = errors.New("invalid argument")
	// ErrInvalidOperation means that the call is not allowed in this state, for
	// example an insertion without an obligation.
	ErrInvalidOperation = errors.New("invalid operation")
	// ErrLimitExceeded means that the service may not cache that much.
	ErrLimitExceeded = errors.New("limit exceeded")
	// ErrUnsupported means that this host does not implement the call.
	ErrUnsupported = errors.New("not supported by this host")
	// ErrUnexpected is any other failure of the host.
	ErrUnexpected = errors.New("unexpected host error")
)

// Error names the host call that failed. It unwraps to one of the errors above.
type Error struct {
	// Call is the host call, such as "fastly_cache.transaction_lookup".
	Call string
	// Status is the fastly_status that the call returned.
	Status uint32
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s: %v (status %d)", e.Call, e.Unwrap(), e.Status)
}

// Unwrap returns the sentinel error for the status.
func (e *Error) Unwrap() error {
	switch e.Status {
	case statusInvalid:
		return ErrInvalidArgument
	case statusBadHandle:
		return ErrInvalidOperation
	case statusUnsupported:
		return ErrUnsupported
	case statusNone:
		return ErrNotFound
	case statusLimitExceeded:
		return ErrLimitExceeded
	}
	return ErrUnexpected
}

// Statuses with a sentinel error, as numbered by the ABI.
const (
	statusInvalid       = 2
	statusBadHandle     = 3
	statusUnsupported   = 5
	statusNone          = 10
	statusLimitExceeded = 13
)
