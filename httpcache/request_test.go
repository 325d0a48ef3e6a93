package httpcache

import (
	"testing"
	"time"
)

func TestLimitsAge(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  bool
	}{
		{"no directives", nil, false},
		{"no-cache", []string{"Cache-Control: no-cache"}, true},
		{"Pragma: no-cache", []string{"Pragma: no-cache"}, true},
		{"max-age", []string{"Cache-Control: max-age=0"}, true},
		{"a long max-age", []string{"Cache-Control: max-age=99999"}, true},
		{"min-fresh", []string{"Cache-Control: min-fresh=5"}, true},
		{"max-stale", []string{"Cache-Control: max-stale=5"}, false},
		{"only-if-cached", []string{"Cache-Control: only-if-cached"}, false},
		{"no-store", []string{"Cache-Control: no-store"}, false},
		{"stale-if-error", []string{"Cache-Control: stale-if-error=5"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			equal(t, "with ObeyClients", LimitsAge(get(test.lines...), origin()), test.want)
			equal(t, "without ObeyClients", LimitsAge(get(test.lines...), operator()), false)
		})
	}
}

func TestRequestDirectivesApplyOnlyWithObeyClients(t *testing.T) {
	s := &StoredResponse{Status: 200, Lifetimes: Lifetimes{Freshness: time.Hour}}
	req := get("Cache-Control: no-cache, no-store, only-if-cached")
	obeyed := s.Evaluate(req, 0, false, origin())
	equal(t, "use with ObeyClients", obeyed.Use, UseAfterValidation)
	equal(t, "only-if-cached with ObeyClients", obeyed.OnlyIfCached && OnlyIfCached(req, origin()), true)
	equal(t, "no-store with ObeyClients", RequestForbidsStore(req, origin()), true)
	ignored := s.Evaluate(req, 0, false, operator())
	equal(t, "use without ObeyClients", ignored.Use, UseFresh)
	equal(t, "only-if-cached without ObeyClients", ignored.OnlyIfCached || OnlyIfCached(req, operator()), false)
	equal(t, "no-store without ObeyClients", RequestForbidsStore(req, operator()), false)
}
