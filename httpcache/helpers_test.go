package httpcache

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// now is the time at which the tests receive responses.
var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// httpDate formats a time relative to now.
func httpDate(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }

// fields makes a header from "Name: value" lines.
func fields(lines ...string) http.Header {
	h := http.Header{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		h.Add(name, strings.TrimPrefix(value, " "))
	}
	return h
}

func get(lines ...string) *Request { return &Request{Method: "GET", Header: fields(lines...)} }

// received is a response requested and received at now.
func received(status int, lines ...string) *Response {
	return &Response{Status: status, Header: fields(lines...), RequestTime: now, ResponseTime: now}
}

// operator is a policy with a TTL of one hour, and a day for clients in outages.
func operator() Policy {
	return Policy{TTL: Some(time.Hour), ClientStaleIfError: 24 * time.Hour}
}

// origin is the policy of a route that follows its origin.
func origin() Policy { return Policy{Heuristic: true, ObeyClients: true} }

// store makes the record of a response, or fails the test if it is not storable.
func store(t testing.TB, resp *Response, p Policy) *StoredResponse {
	t.Helper()
	l, reason := Plan(get(), resp, p)
	if reason != Storable {
		t.Fatalf("response is not stored: %s", reason)
	}
	s := NewStoredResponse("id", get(), resp, l, p)
	s.SetBody(10, `"from-body"`)
	return s
}

// wantField checks a header field. A want of "" means that the field must be
// absent, not empty.
func wantField(t testing.TB, h http.Header, name, want string) {
	t.Helper()
	lines, present := h[http.CanonicalHeaderKey(name)]
	switch {
	case want == "" && present:
		t.Errorf("%s is %q, but must be absent", name, lines)
	case want != "" && h.Get(name) != want:
		t.Errorf("%s is %q, not %q", name, lines, want)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, not %v", what, got, want)
	}
}
