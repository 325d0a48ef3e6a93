// Package problem makes the errors that clients see: application/problem+json
// as RFC 9457 describes it. Every type has a section in docs/errors.md.
package problem

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
)

// TypePrefix begins the name of every type of problem.
const TypePrefix = "urn:larder:problem:"

// Details is an error as a client gets it. Title, Status and Type are fixed
// for a type; Detail names what was wrong with this request, and where. What
// went wrong inside is the cause, which only the log sees.
type Details struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`

	header http.Header
	cause  error
}

// New returns a problem of the type with the given name.
func New(name string, status int, title string) *Details {
	return &Details{Type: TypePrefix + name, Status: status, Title: title}
}

// Internal stands for every error that is not a problem.
var Internal = New("internal", http.StatusInternalServerError, "Larder made a mistake.")

// From finds the problem in an error. Any other error is [Internal], and its
// text stays inside.
func From(err error) *Details {
	var d *Details
	if errors.As(err, &d) {
		return d
	}
	return Internal.Because(err)
}

func (d *Details) Error() string {
	text := d.Title
	if d.Detail != "" {
		text += " " + d.Detail
	}
	if d.cause != nil {
		text += " (" + d.cause.Error() + ")"
	}
	return text
}

// Unwrap returns the cause.
func (d *Details) Unwrap() error { return d.cause }

// Is reports whether target is a problem of the same type.
func (d *Details) Is(target error) bool {
	other, ok := target.(*Details)
	return ok && other.Type == d.Type
}

// WithDetail returns a copy that tells the client more.
func (d *Details) WithDetail(detail string) *Details {
	other := *d
	other.Detail = detail
	return &other
}

// WithHeader returns a copy whose answer has one more header field.
func (d *Details) WithHeader(name, value string) *Details {
	other := *d
	other.header = d.header.Clone()
	if other.header == nil {
		other.header = make(http.Header)
	}
	other.header.Set(name, value)
	return &other
}

// RetryAfter returns a copy that asks the client to wait some seconds.
func (d *Details) RetryAfter(seconds int) *Details {
	return d.WithHeader("Retry-After", strconv.Itoa(seconds))
}

// Because returns a copy with a cause for the log.
func (d *Details) Because(cause error) *Details {
	other := *d
	other.cause = cause
	return &other
}

// Answer returns the header and the body of the answer.
func (d *Details) Answer() (http.Header, []byte) {
	header := d.header.Clone()
	if header == nil {
		header = make(http.Header)
	}
	header.Set("Content-Type", "application/problem+json")
	header.Set("Cache-Control", "no-store")
	body, err := json.Marshal(d)
	if err != nil { // four plain fields always marshal
		body = []byte(`{"status":` + strconv.Itoa(d.Status) + `}`)
	}
	return header, append(body, '\n')
}
