package httpcache

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// now is when every response of these tests was received.
var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// httpDate is a date relative to now.
func httpDate(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }

// fields makes a header of "Name: value" lines.
func fields(lines ...string) http.Header {
	h := http.Header{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		h.Add(name, strings.TrimPrefix(value, " "))
	}
	return h
}

func get(lines ...string) *Request { return &Request{Method: "GET", Header: fields(lines...)} }

// received is an answer that took no time and was made now, unless its lines
// say otherwise.
func received(status int, lines ...string) *Response {
	return &Response{Status: status, Header: fields(lines...), RequestTime: now, ResponseTime: now}
}

// operator is a policy with a TTL of an hour.
func operator() Policy { return Policy{TTL: Some(time.Hour)} }

// origin is the policy of a route that follows its origin.
func origin() Policy { return Policy{Heuristic: true, ObeyClients: true} }

// store plans and makes the record, or ends the test.
func store(t testing.TB, resp *Response, p Policy) *StoredResponse {
	t.Helper()
	l, reason := Plan(get(), resp, p)
	if reason != Storable {
		t.Fatalf("response is not stored: %s", reason)
	}
	s := NewStoredResponse("id", get(), resp, l, p)
	s.SetBody(10, `"made-here"`)
	return s
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, not %v", what, got, want)
	}
}
