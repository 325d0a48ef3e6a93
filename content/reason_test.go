package content

import (
	"errors"
	"fmt"
	"testing"

	"larder/origin"
)

func TestEveryFailureHasItsWordInCacheStatus(t *testing.T) {
	unavailable := func(err error) error { return fmt.Errorf("%w: origin %q: %w", origin.ErrUnavailable, "primary", err) }
	for _, test := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{unavailable(errors.New("connection refused")), "origin-unreachable"},
		{unavailable(origin.ErrTimeout), "origin-timeout"},
		{unavailable(origin.ErrTruncated), "origin-body-truncated"},
		{unavailable(origin.ErrDisabled), "origin-disabled"},
		{unavailable(origin.ErrCircuitOpen), "origin-circuit-open"},
		{unavailable(fmt.Errorf("%w: %w", origin.ErrNotAccepted, errBody)), "origin-body-invalid"},
		{unavailable(fmt.Errorf("%w: %w; status 999", origin.ErrNotAccepted, ErrAnswer)), "origin-answer-invalid"},
		{errStale, "shield-stale"},
		{fmt.Errorf("%w: no room", errCache), "cache-failed"},
	} {
		if got := Reason(test.err); got != test.want {
			t.Errorf("%v is called %q, not %q", test.err, got, test.want)
		}
	}
	f := &fetched{err: fmt.Errorf("%w 503", errStatus), resp: &origin.Response{Status: 503}}
	if got := f.reason(); got != "origin-status-503" {
		t.Errorf("a failing status is called %q", got)
	}
}

func TestWhichFailuresSayNothingOfTheURL(t *testing.T) {
	for _, test := range []struct {
		name string
		f    fetched
		want bool
	}{
		{"a refused connection", fetched{err: fmt.Errorf("%w: connection refused", origin.ErrUnavailable)}, true},
		{"a timeout", fetched{err: fmt.Errorf("%w: %w", origin.ErrUnavailable, origin.ErrTimeout)}, true},
		{"an open circuit", fetched{err: fmt.Errorf("%w: %w", origin.ErrUnavailable, origin.ErrCircuitOpen)}, true},
		{"the cache's own failure", fetched{err: errCache, resp: &origin.Response{Status: 200}}, true},
		{"the shield's copy that may not be used", fetched{err: errStale, resp: &origin.Response{Status: 200}}, true},
		{"a body cut short", fetched{err: fmt.Errorf("%w: %w", origin.ErrUnavailable, origin.ErrTruncated)}, false},
		{"a failing status", fetched{err: errStatus, resp: &origin.Response{Status: 500}}, false},
		{"an invalid body", fetched{err: fmt.Errorf("%w: %w: %w", origin.ErrUnavailable, origin.ErrNotAccepted, errBody)}, false},
	} {
		if got := test.f.unreachable(); got != test.want {
			t.Errorf("%s: unreachable is %t", test.name, got)
		}
	}
}
