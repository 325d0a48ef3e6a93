package httpcache

import (
	"testing"
	"time"
)

func TestWhichRequestsLimitTheAge(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  bool
	}{
		{"one that says nothing", nil, false},
		{"no-cache", []string{"Cache-Control: no-cache"}, true},
		{"Pragma: no-cache", []string{"Pragma: no-cache"}, true},
		{"max-age", []string{"Cache-Control: max-age=0"}, true},
		{"a max-age that is long", []string{"Cache-Control: max-age=99999"}, true},
		{"min-fresh", []string{"Cache-Control: min-fresh=5"}, true},
		{"max-stale", []string{"Cache-Control: max-stale=5"}, false},
		{"only-if-cached", []string{"Cache-Control: only-if-cached"}, false},
		{"no-store", []string{"Cache-Control: no-store"}, false},
		{"stale-if-error", []string{"Cache-Control: stale-if-error=5"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			equal(t, "where clients are obeyed", LimitsAge(get(test.lines...), origin()), test.want)
			equal(t, "where they are not", LimitsAge(get(test.lines...), operator()), false)
		})
	}
}

func TestClientsAreObeyedOnlyWhereThePolicySaysSo(t *testing.T) {
	s := &StoredResponse{Status: 200, Lifetimes: Lifetimes{Freshness: time.Hour}}
	req := get("Cache-Control: no-cache, no-store, only-if-cached")
	obeyed := s.Evaluate(req, 0, false, origin())
	equal(t, "use where obeyed", obeyed.Use, UseAfterValidation)
	equal(t, "only-if-cached where obeyed", obeyed.OnlyIfCached && OnlyIfCached(req, origin()), true)
	equal(t, "no-store where obeyed", RequestForbidsStore(req, origin()), true)
	ignored := s.Evaluate(req, 0, false, operator())
	equal(t, "use where ignored", ignored.Use, UseFresh)
	equal(t, "only-if-cached where ignored", ignored.OnlyIfCached || OnlyIfCached(req, operator()), false)
	equal(t, "no-store where ignored", RequestForbidsStore(req, operator()), false)
}
