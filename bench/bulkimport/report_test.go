package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestTheReportHasARowForThePageAndOneForTheList(t *testing.T) {
	of := func(fetches int64) outcome {
		return outcome{times: []time.Duration{time.Millisecond, 3 * time.Millisecond}, hits: 1, statuses: map[int]int{200: 1, 503: 1}, fetches: fetches, atOnce: 1}
	}
	text := markdown("the command", plan{edits: 60, requests: 50},
		[]row{{latency: 200 * time.Millisecond, edits: 19.96, page: of(2), list: of(7), statusOfPurges: map[int]int{200: 60}}})
	for _, want := range []string{
		"`the command`",
		"| 200ms | 20.0 | page | 2 | 2 | 1 | 0.500 | 1.0 | 3.0 | 200: 1, 503: 1 |",
		"| 200ms | 20.0 | list | 2 | 7 | 1 | 0.500 | 1.0 | 3.0 | 200: 1, 503: 1 |",
		"Statuses of the purges: 200: 60.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
}

func TestAPlanThatCannotBeMeasuredIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		edits            int
		rates, latencies string
		requests         int
	}{
		"no edits":             {0, "1", "1s", 50},
		"a rate of nothing":    {10, "0", "1s", 50},
		"a rate that is none":  {10, "fast", "1s", 50},
		"a latency of an hour": {10, "1", "1h", 50},
		"no requests":          {10, "1", "1s", 0},
	} {
		if _, err := newPlan(c.edits, c.rates, c.latencies, c.requests); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// The keys of the two answers come from their slugs, and must differ from those
// that an import purges.
func TestTheOriginsAnswersAreJSONWithTheCellsOwnSlugs(t *testing.T) {
	for path, slug := range map[string]string{"/pages/cell-3/": `"slug":"cell-3"`, "/lists/cell-3/": `"slug":"cell-3-19"`} {
		if text := body(path); !json.Valid([]byte(text)) || !strings.Contains(text, slug) || strings.Contains(text, "imported") {
			t.Errorf("%s is %.100s", path, text)
		}
	}
}
