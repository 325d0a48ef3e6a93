package contentapi

import (
	"errors"
	"net/http"
)

// Refusals that concern the request and not the content.
var (
	errToken    = errors.New("invalid token")
	errMethod   = errors.New("method not allowed")
	errReadOnly = errors.New("read-only replica")
	errTooLarge = errors.New("body too large")
)

// failure is an error as the API shows it.
type failure struct {
	status int
	body   any
}

// detail is the usual form of an error.
func detail(status int, text string) failure {
	return failure{status, map[string]string{"detail": text}}
}

// failureOf translates an error. One it does not know is the server's own
// fault: callers then get no more than that.
func failureOf(err error) (_ failure, known bool) {
	var field *FieldError
	switch {
	case errors.As(err, &field):
		return failure{http.StatusBadRequest, map[string][]string{field.Field: {field.Message}}}, true
	case errors.Is(err, ErrNotFound):
		return detail(http.StatusNotFound, "Not found."), true
	case errors.Is(err, ErrPage):
		return detail(http.StatusNotFound, "Invalid page."), true
	case errors.Is(err, errToken):
		return detail(http.StatusUnauthorized, "Invalid token."), true
	case errors.Is(err, errMethod):
		return detail(http.StatusMethodNotAllowed, "Method not allowed."), true
	case errors.Is(err, errReadOnly):
		return detail(http.StatusForbidden, "This is a read-only replica."), true
	case errors.Is(err, errTooLarge):
		return detail(http.StatusRequestEntityTooLarge, "The body is larger than 1 MiB."), true
	}
	return detail(http.StatusInternalServerError, "Internal server error."), false
}
