package httpcache

import (
	"testing"
	"time"
)

func TestEvaluate(t *testing.T) {
	hour := Lifetimes{Freshness: time.Hour}
	windows := Lifetimes{Freshness: time.Hour, StaleWhileRevalidate: time.Minute, StaleIfError: 24 * time.Hour}
	strict := Lifetimes{Freshness: time.Hour, MustRevalidate: true}
	tests := []struct {
		name    string
		l       Lifetimes
		request []string
		age     time.Duration
		purged  bool
		use     Use
		fwd     FwdReason
		onError bool
	}{
		{"younger than its lifetime: fresh", hour, nil, time.Hour - 1, false, UseFresh, FwdNone, true},
		{"as old as its lifetime: stale", hour, nil, time.Hour, false, UseAfterValidation, FwdStale, false},
		{"inside stale-while-revalidate: served, then revalidated", windows, nil, time.Hour + time.Second, false, UseStaleWhileRevalidate, FwdStale, true},
		{"past stale-while-revalidate: validated first", windows, nil, time.Hour + time.Minute, false, UseAfterValidation, FwdStale, true},
		{"past stale-if-error: not served on errors", windows, nil, 25 * time.Hour, false, UseAfterValidation, FwdStale, false},
		{"purged while fresh: validated first", windows, nil, time.Minute, true, UseAfterValidation, FwdStale, true},
		{"purged inside stale-while-revalidate: validated first", windows, nil, time.Hour + time.Second, true, UseAfterValidation, FwdStale, true},
		{"purged without stale windows: not served on errors", hour, nil, time.Minute, true, UseAfterValidation, FwdStale, false},
		{"purged with must-revalidate: not served on errors", strict, nil, time.Minute, true, UseAfterValidation, FwdStale, false},
		{"must-revalidate does not matter while fresh", strict, nil, time.Minute, false, UseFresh, FwdNone, true},
		{"must-revalidate is never served stale", strict, []string{"Cache-Control: max-stale, stale-if-error=99"}, 2 * time.Hour, false, UseAfterValidation, FwdStale, false},
		{"no-cache is validated and not served on errors", Lifetimes{Freshness: time.Hour, NoCache: true}, nil, 0, false, UseAfterValidation, FwdStale, false},
		{"the request's no-cache requires validation", hour, []string{"Cache-Control: no-cache"}, 0, false, UseAfterValidation, FwdRequest, true},
		{"Pragma: no-cache requires validation", hour, []string{"Pragma: no-cache"}, 0, false, UseAfterValidation, FwdRequest, true},
		{"Pragma is ignored if there is a Cache-Control", hour, []string{"Pragma: no-cache", "Cache-Control: max-age=60"}, 0, false, UseFresh, FwdNone, true},
		{"any other Pragma is ignored", hour, []string{"Pragma: x"}, 0, false, UseFresh, FwdNone, true},
		{"past the request's max-age: validated first", hour, []string{"Cache-Control: max-age=60"}, 61 * time.Second, false, UseAfterValidation, FwdRequest, true},
		{"exactly at the request's max-age: fresh", hour, []string{"Cache-Control: max-age=60"}, time.Minute, false, UseFresh, FwdNone, true},
		{"less than min-fresh left: validated first", hour, []string{"Cache-Control: min-fresh=60"}, time.Hour - time.Second, false, UseAfterValidation, FwdRequest, true},
		{"max-stale does not open a window", hour, []string{"Cache-Control: max-stale=60"}, time.Hour + time.Second, false, UseAfterValidation, FwdStale, false},
		{"max-stale without a value does not open one either", hour, []string{"Cache-Control: max-stale"}, time.Hour + time.Second, false, UseAfterValidation, FwdStale, false},
		{"max-stale does not widen the window", windows, []string{"Cache-Control: max-stale=9999"}, time.Hour + time.Minute, false, UseAfterValidation, FwdStale, true},
		{"max-stale accepts a response inside the window", windows, []string{"Cache-Control: max-stale=9999"}, time.Hour + time.Second, false, UseStaleWhileRevalidate, FwdStale, true},
		{"max-stale allows stale responses despite max-age", windows, []string{"Cache-Control: max-age=9999, max-stale"}, time.Hour + time.Second, false, UseStaleWhileRevalidate, FwdStale, true},
		{"max-stale does not override an exceeded max-age", windows, []string{"Cache-Control: max-age=60, max-stale"}, time.Hour + time.Second, false, UseAfterValidation, FwdStale, true},
		{"max-stale does not apply to a purged response", hour, []string{"Cache-Control: max-stale"}, time.Minute, true, UseAfterValidation, FwdStale, false},
		{"max-age without max-stale refuses stale responses", windows, []string{"Cache-Control: max-age=9999"}, time.Hour + time.Second, false, UseAfterValidation, FwdStale, true},
		{"the request widens stale-if-error", hour, []string{"Cache-Control: stale-if-error=60"}, time.Hour + time.Second, false, UseAfterValidation, FwdStale, true},
		{"the request narrows stale-if-error", windows, []string{"Cache-Control: stale-if-error=0"}, 2 * time.Hour, false, UseAfterValidation, FwdStale, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := &StoredResponse{Status: 200, Lifetimes: test.l}
			e := s.Evaluate(get(test.request...), test.age, test.purged, origin())
			equal(t, "use", e.Use, test.use)
			equal(t, "fwd", e.Fwd, test.fwd)
			equal(t, "stale-if-error", e.StaleIfError, test.onError)
			equal(t, "age", e.Age, test.age)
			equal(t, "ttl", e.TTL, test.l.Freshness-test.age)
		})
	}
}

func TestAPolicyCanRequireValidationBeforeEveryUse(t *testing.T) {
	windows := Lifetimes{Freshness: time.Hour, StaleWhileRevalidate: time.Minute, StaleIfError: 24 * time.Hour}
	strict := Lifetimes{Freshness: time.Hour, MustRevalidate: true}
	tests := []struct {
		name    string
		l       Lifetimes
		request []string
		age     time.Duration
		purged  bool
		fwd     FwdReason
		onError bool
	}{
		{"fresh", windows, nil, 0, false, FwdRequest, true},
		{"fresh with must-revalidate", strict, nil, 0, false, FwdRequest, true},
		{"inside stale-while-revalidate", windows, nil, time.Hour + time.Second, false, FwdStale, true},
		{"inside stale-while-revalidate, with the client's max-stale", windows, []string{"Cache-Control: max-stale"}, time.Hour + time.Second, false, FwdStale, true},
		{"past stale-while-revalidate", windows, nil, 2 * time.Hour, false, FwdStale, true},
		{"past every window", windows, nil, 26 * time.Hour, false, FwdStale, false},
		{"softly purged", windows, nil, time.Minute, true, FwdStale, true},
	}
	for _, test := range tests {
		for name, p := range map[string]Policy{"the operator decides": operator(), "the origin decides": origin()} {
			t.Run(test.name+", where "+name, func(t *testing.T) {
				p.Validate = true
				s := &StoredResponse{Status: 200, Lifetimes: test.l}
				e := s.Evaluate(get(test.request...), test.age, test.purged, p)
				equal(t, "use", e.Use, UseAfterValidation)
				equal(t, "fwd", e.Fwd, test.fwd)
				equal(t, "stale-if-error", e.StaleIfError, test.onError)
			})
		}
	}
}
