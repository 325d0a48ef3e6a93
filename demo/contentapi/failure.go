package contentapi

import (
	"errors"
	"net/http"
)

// Errors of requests.
var (
	errToken    = errors.New("invalid token")
	errMethod   = errors.New("method not allowed")
	errReadOnly = errors.New("read-only replica")
	errTooLarge = errors.New("body too large")
)

// failure is an error as the API returns it.
type failure struct {
	status int
	body   any
}

// detail returns a failure in the API's usual format.
func detail(status int, text string) failure {
	return failure{status, map[string]string{"detail": text}}
}

// failureOf returns the failure for an error. Any unknown error is a 500 without
// details.
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
