package httpcache

import (
	"testing"
	"time"
)

func TestStaleWindows(t *testing.T) {
	withWindows := func(p Policy) Policy {
		p.StaleWhileRevalidate, p.StaleIfError = Some(10*time.Minute), Some(72*time.Hour)
		return p
	}
	tests := []struct {
		name           string
		p              Policy
		status         int
		lines          []string
		swr, sie       time.Duration
		mustRevalidate bool
		noCache        bool
	}{
		{"the origin's windows apply", origin(), 200, []string{"Cache-Control: max-age=1, stale-while-revalidate=5, stale-if-error=7"}, 5 * time.Second, 7 * time.Second, false, false},
		{"stale-if-error is an hour by default", origin(), 200, []string{"Cache-Control: max-age=1"}, 0, DefaultStaleIfError, false, false},
		{"stale-if-error=0 beats the default", origin(), 200, []string{"Cache-Control: max-age=1, stale-if-error=0"}, 0, 0, false, false},
		{"an invalid window counts as zero", origin(), 200, []string{"Cache-Control: max-age=1, stale-if-error=x"}, 0, 0, false, false},
		{"the operator's windows beat the origin's", withWindows(origin()), 200, []string{"Cache-Control: max-age=1, stale-if-error=7"}, 10 * time.Minute, 72 * time.Hour, false, false},
		{"must-revalidate beats the origin's own window", origin(), 200, []string{"Cache-Control: max-age=1, must-revalidate, stale-if-error=7"}, 0, 0, true, false},
		{"must-revalidate beats the operator", withWindows(operator()), 200, []string{"Cache-Control: must-revalidate"}, 0, 0, true, false},
		{"proxy-revalidate beats the operator", withWindows(operator()), 200, []string{"Cache-Control: proxy-revalidate"}, 0, 0, true, false},
		{"no-cache forbids stale under the operator's TTL", withWindows(operator()), 200, []string{"Cache-Control: no-cache"}, 0, 0, true, false},
		{"no-cache forbids stale where the origin decides", withWindows(origin()), 200, []string{"Cache-Control: max-age=1, no-cache"}, 0, 0, false, true},
		{"s-maxage forbids stale", withWindows(origin()), 200, []string{"Cache-Control: s-maxage=1"}, 0, 0, true, false},
		{"s-maxage with a window of its own allows it", origin(), 200, []string{"Cache-Control: s-maxage=1, stale-while-revalidate=5"}, 5 * time.Second, DefaultStaleIfError, false, false},
		{"the operator's TTL replaces s-maxage", withWindows(operator()), 200, []string{"Cache-Control: s-maxage=1"}, 10 * time.Minute, 72 * time.Hour, false, false},
		{"an error is never used stale", withWindows(origin()), 503, []string{"Cache-Control: max-age=1"}, 0, 0, false, false},
		{"a 404 has no window by default", origin(), 404, []string{"Cache-Control: max-age=1"}, 0, 0, false, false},
		{"a 404 under the operator's TTL has no window", Policy{TTL: Some(time.Hour), NotFoundTTL: time.Minute, StaleIfError: Some(time.Hour)}, 404, nil, 0, 0, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			lines := append([]string{`ETag: "a"`}, test.lines...)
			l, reason := Plan(get(), received(test.status, lines...), test.p)
			equal(t, "reason", reason, Storable)
			equal(t, "stale-while-revalidate", l.StaleWhileRevalidate, test.swr)
			equal(t, "stale-if-error", l.StaleIfError, test.sie)
			equal(t, "must-revalidate", l.MustRevalidate, test.mustRevalidate)
			equal(t, "no-cache", l.NoCache, test.noCache)
		})
	}
}

func TestWindow(t *testing.T) {
	tests := []struct {
		name string
		l    Lifetimes
		want time.Duration
	}{
		{"no window", Lifetimes{}, 0},
		{"the longest window is used", Lifetimes{StaleWhileRevalidate: 3 * time.Hour, StaleIfError: 2 * time.Hour, Validation: time.Hour}, 3 * time.Hour},
		{"a validator keeps the entry", Lifetimes{Freshness: time.Minute, Validation: time.Hour}, time.Hour},
		{"a response stale on receipt gets its full retention", Lifetimes{Freshness: time.Hour, InitialAge: 3 * time.Hour, Validation: time.Hour}, 3 * time.Hour},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { equal(t, "window", test.l.Window(), test.want) })
	}
}
