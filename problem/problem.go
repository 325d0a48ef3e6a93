// Package problem makes the errors that clients see, application/problem+json
// (RFC 9457). Every problem type has a section in docs/errors.md.
package problem

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strconv"
)

// TypePrefix begins every problem type.
const TypePrefix = "urn:larder:problem:"

// Details is an error for a client. Type, Title and Status are fixed for a
// problem type; Detail explains this occurrence. The cause is for the log only.
type Details struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`

	members map[string]string
	header  http.Header
	cause   error
}

// New returns a problem of the type with the given name.
func New(name string, status int, title string) *Details {
	return &Details{Type: TypePrefix + name, Status: status, Title: title}
}

// Internal replaces every error that is not a problem.
var Internal = New("internal", http.StatusInternalServerError, "Larder made a mistake.")

// From returns the problem that err wraps. For any other error it returns
// [Internal] with err as the cause, which the client does not see.
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

// WithDetail returns a copy with a detail for the client.
func (d *Details) WithDetail(detail string) *Details {
	other := *d
	other.Detail = detail
	return &other
}

// WithHeader returns a copy whose answer has an additional header field.
func (d *Details) WithHeader(name, value string) *Details {
	other := *d
	other.header = d.header.Clone()
	if other.header == nil {
		other.header = make(http.Header)
	}
	other.header.Set(name, value)
	return &other
}

// WithMember returns a copy whose answer has an extension member (RFC 9457 §3.2).
// Its name must not be one of the standard's.
func (d *Details) WithMember(name, value string) *Details {
	other := *d
	other.members = maps.Clone(d.members)
	if other.members == nil {
		other.members = make(map[string]string)
	}
	other.members[name] = value
	return &other
}

// RetryAfter returns a copy with a Retry-After of this many seconds.
func (d *Details) RetryAfter(seconds int) *Details {
	return d.WithHeader("Retry-After", strconv.Itoa(seconds))
}

// Because returns a copy with a cause for the log.
func (d *Details) Because(cause error) *Details {
	other := *d
	other.cause = cause
	return &other
}

// Answer returns the header and the body of the error's response.
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
	if members, err := json.Marshal(d.members); err == nil && len(d.members) > 0 {
		body = append(append(body[:len(body)-1], ','), members[1:]...)
	}
	return header, append(body, '\n')
}
