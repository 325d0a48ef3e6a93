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
		{"younger than its lifetime is fresh", hour, nil, time.Hour - 1, false, UseFresh, FwdNone, true},
		{"as old as its lifetime is stale", hour, nil, time.Hour, false, UseAfterValidation, FwdStale, false},
		{"inside the window it is used and revalidated", windows, nil, time.Hour + time.Second, false, UseStaleWhileRevalidate, FwdStale, true},
		{"past the window it is validated first", windows, nil, time.Hour + time.Minute, false, UseAfterValidation, FwdStale, true},
		{"past stale-if-error nothing lets it stand in", windows, nil, 25 * time.Hour, false, UseAfterValidation, FwdStale, false},
		{"purged while fresh it is validated first", windows, nil, time.Minute, true, UseAfterValidation, FwdStale, true},
		{"purged inside the window it is validated first", windows, nil, time.Hour + time.Second, true, UseAfterValidation, FwdStale, true},
		{"purged where nothing may be given stale it never stands in", hour, nil, time.Minute, true, UseAfterValidation, FwdStale, false},
		{"purged and must-revalidate never stands in", strict, nil, time.Minute, true, UseAfterValidation, FwdStale, false},
		{"must-revalidate is fresh while fresh", strict, nil, time.Minute, false, UseFresh, FwdNone, true},
		{"must-revalidate is never stale", strict, []string{"Cache-Control: max-stale, stale-if-error=99"}, 2 * time.Hour, false, UseAfterValidation, FwdStale, false},
		{"no-cache is validated and never stands in", Lifetimes{Freshness: time.Hour, NoCache: true}, nil, 0, false, UseAfterValidation, FwdStale, false},
		{"the request's no-cache validates", hour, []string{"Cache-Control: no-cache"}, 0, false, UseAfterValidation, FwdRequest, true},
		{"Pragma: no-cache validates", hour, []string{"Pragma: no-cache"}, 0, false, UseAfterValidation, FwdRequest, true},
		{"Pragma is ignored beside Cache-Control", hour, []string{"Pragma: no-cache", "Cache-Control: max-age=60"}, 0, false, UseFresh, FwdNone, true},
		{"Pragma with anything else is ignored", hour, []string{"Pragma: x"}, 0, false, UseFresh, FwdNone, true},
		{"the request's max-age is a limit", hour, []string{"Cache-Control: max-age=60"}, 61 * time.Second, false, UseAfterValidation, FwdRequest, true},
		{"the request's max-age is reached", hour, []string{"Cache-Control: max-age=60"}, time.Minute, false, UseFresh, FwdNone, true},
		{"min-fresh is a limit", hour, []string{"Cache-Control: min-fresh=60"}, time.Hour - time.Second, false, UseAfterValidation, FwdRequest, true},
		{"max-stale opens no window", hour, []string{"Cache-Control: max-stale=60"}, time.Hour + time.Second, false, UseAfterValidation, FwdStale, false},
		{"max-stale without a value opens none either", hour, []string{"Cache-Control: max-stale"}, time.Hour + time.Second, false, UseAfterValidation, FwdStale, false},
		{"max-stale does not widen the window", windows, []string{"Cache-Control: max-stale=9999"}, time.Hour + time.Minute, false, UseAfterValidation, FwdStale, true},
		{"max-stale takes what is inside the window", windows, []string{"Cache-Control: max-stale=9999"}, time.Hour + time.Second, false, UseStaleWhileRevalidate, FwdStale, true},
		{"max-stale lifts max-age inside the window", windows, []string{"Cache-Control: max-age=9999, max-stale"}, time.Hour + time.Second, false, UseStaleWhileRevalidate, FwdStale, true},
		{"max-stale lifts no max-age that is passed", windows, []string{"Cache-Control: max-age=60, max-stale"}, time.Hour + time.Second, false, UseAfterValidation, FwdStale, true},
		{"max-stale brings back nothing that was purged", hour, []string{"Cache-Control: max-stale"}, time.Minute, true, UseAfterValidation, FwdStale, false},
		{"max-age alone wants nothing stale", windows, []string{"Cache-Control: max-age=9999"}, time.Hour + time.Second, false, UseAfterValidation, FwdStale, true},
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

func TestAPolicyCanValidateBeforeEveryUse(t *testing.T) {
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
		{"what is fresh", windows, nil, 0, false, FwdRequest, true},
		{"what is fresh and may never be stale", strict, nil, 0, false, FwdRequest, true},
		{"what is inside its window", windows, nil, time.Hour + time.Second, false, FwdStale, true},
		{"what the client would take stale", windows, []string{"Cache-Control: max-stale"}, time.Hour + time.Second, false, FwdStale, true},
		{"what is past its window", windows, nil, 2 * time.Hour, false, FwdStale, true},
		{"what is past every window", windows, nil, 26 * time.Hour, false, FwdStale, false},
		{"what was purged", windows, nil, time.Minute, true, FwdStale, true},
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
