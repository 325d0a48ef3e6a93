package httpcache

import (
	"testing"
	"time"
)

// TestPrecedence has a case for each row of the table in docs/configure.md, in
// order of precedence.
func TestPrecedence(t *testing.T) {
	operator := origin()
	operator.TTL = Some(time.Hour)
	operator.StaleIfError = Some(24 * time.Hour)
	literal := origin()
	literal.Heuristic = false
	const modified = "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT"
	tests := []struct {
		name  string
		p     Policy
		lines []string
		want  NotStored
		fresh time.Duration
		stale bool // it may be served if the origin fails
	}{
		{"no-store over the operator", operator, []string{"Cache-Control: no-store"}, NotStoredNoStore, 0, false},
		{"private over the operator", operator, []string{"Cache-Control: private"}, NotStoredPrivate, 0, false},
		{"Vary: * over the operator", operator, []string{"Vary: *"}, NotStoredVaryStar, 0, false},
		{"must-revalidate over the operator's stale windows", operator, []string{"Cache-Control: must-revalidate"}, Storable, time.Hour, false},
		{"proxy-revalidate over the operator's stale windows", operator, []string{"Cache-Control: proxy-revalidate"}, Storable, time.Hour, false},
		{"no-cache over the operator's stale windows, not over the ttl", operator, []string{"Cache-Control: no-cache"}, Storable, time.Hour, false},
		{"the operator over a targeted field", operator, []string{"CDN-Cache-Control: max-age=10"}, Storable, time.Hour, true},
		{"the operator over Cache-Control", operator, []string{"Cache-Control: max-age=10"}, Storable, time.Hour, true},
		{"the operator over Expires", operator, []string{"Expires: 0"}, Storable, time.Hour, true},
		{"the operator without origin headers", operator, nil, Storable, time.Hour, true},
		{"Larder's own field over CDN-Cache-Control", origin(),
			[]string{"Larder-Cache-Control: max-age=1", "CDN-Cache-Control: max-age=2", "Surrogate-Control: max-age=3", "Cache-Control: max-age=4"}, Storable, time.Second, true},
		{"CDN-Cache-Control over Surrogate-Control", origin(),
			[]string{"CDN-Cache-Control: max-age=2", "Surrogate-Control: max-age=3", "Cache-Control: max-age=4"}, Storable, 2 * time.Second, true},
		{"Surrogate-Control over Cache-Control", origin(),
			[]string{"Surrogate-Control: max-age=3", "Cache-Control: max-age=4"}, Storable, 3 * time.Second, true},
		{"a targeted field over no-store in Cache-Control", origin(),
			[]string{"CDN-Cache-Control: max-age=2", "Cache-Control: no-store"}, Storable, 2 * time.Second, true},
		{"an invalid targeted field is skipped", origin(),
			[]string{"CDN-Cache-Control: &&&", "Cache-Control: max-age=4"}, Storable, 4 * time.Second, true},
		{"s-maxage over max-age", origin(), []string{"Cache-Control: max-age=5, s-maxage=6"}, Storable, 6 * time.Second, false},
		{"max-age over Expires", origin(), []string{"Cache-Control: max-age=5", "Expires: " + httpDate(time.Hour)}, Storable, 5 * time.Second, true},
		{"Expires over heuristics", origin(), []string{"Expires: " + httpDate(time.Minute), modified}, Storable, time.Minute, true},
		{"heuristics last, and bounded", origin(), []string{modified}, Storable, 24 * time.Hour, true},
		{"no heuristics unless the operator allows them", literal, []string{modified}, Storable, 0, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			resp := received(200, test.lines...)
			l, reason := Plan(get(), resp, test.p)
			equal(t, "reason", reason, test.want)
			if reason != Storable {
				return
			}
			equal(t, "freshness", l.Freshness, test.fresh)
			s := NewStoredResponse("id", get(), resp, l, test.p)
			e := s.Evaluate(get(), l.Freshness+time.Second, false, test.p)
			equal(t, "stale if error", e.StaleIfError, test.stale)
		})
	}
}
