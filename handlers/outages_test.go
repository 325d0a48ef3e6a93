package handlers

import (
	"strings"
	"time"

	"larder/origin"
)

// outage is a way in which an origin fails, and its name in Cache-Status.
type outage struct {
	name   string
	answer script
	detail string
	// unreachable: the failure says nothing of the URL, so its negative
	// entries never stand longer than the first.
	unreachable bool
}

func outages(e *edge) []outage {
	fails := func(err error) script {
		return func(*origin.Request) (*origin.Response, error) { return nil, err }
	}
	says := func(status int, body string) script {
		return func(*origin.Request) (*origin.Response, error) { return e.response(status, body), nil }
	}
	cutShort := func(*origin.Request) (*origin.Response, error) {
		resp := e.response(200, "")
		resp.Remainder = &originBody{Reader: strings.NewReader(before[:20]), err: errReset}
		return resp, nil
	}
	return []outage{
		{"it refuses", fails(errRefused), "origin-unreachable", true},
		{"it takes too long", fails(errTimeout), "origin-timeout", true},
		{"its body is cut short", cutShort, "origin-body-truncated", false},
		{"it says 500", says(500, "oops"), "origin-status-500", false},
		{"it says 502", says(502, "oops"), "origin-status-502", false},
		{"it says 503", says(503, "oops"), "origin-status-503", false},
		{"it says 504", says(504, "oops"), "origin-status-504", false},
		{"it says 429", says(429, "slower"), "origin-status-429", false},
		{"it sends a page with 200", says(200, "<html>maintenance</html>"), "origin-body-invalid", false},
		{"it sends nothing with 200", says(200, ""), "origin-body-invalid", false},
		{"it sends half of its JSON", says(200, before[:20]), "origin-body-invalid", false},
		{"its status is none", says(999, "x"), "origin-answer-invalid", false},
		{"its status is an interim one", says(103, ""), "origin-answer-invalid", false},
	}
}

// backoff is how long the negative entry of the nth failure in a row stands.
func (o outage) backoff(n int) time.Duration {
	if o.unreachable {
		return firstBackoff
	}
	return firstBackoff << (n - 1)
}
