package main

import (
	"strings"
	"testing"
)

func TestTally(t *testing.T) {
	suite := catalogue{Cases: []testCase{
		{ID: "a", Kind: required}, {ID: "b", Kind: required}, {ID: "c", Kind: optimal}, {ID: "d", Kind: check},
		{ID: "e", Kind: required, Surrogate: true}, {ID: "f", Kind: check, Surrogate: true},
	}}
	for _, c := range []struct {
		name   string
		result outcomes
		want   tally
	}{
		{"each kind and Surrogate-Control are counted separately",
			outcomes{"a": pass, "b": fail, "c": pass, "d": pass, "e": pass, "f": fail},
			tally{count{1, 2}, count{1, 1}, count{1, 1}, count{1, 2}}},
		{"a case that did not run counts as not passed",
			outcomes{"a": pass},
			tally{count{1, 2}, count{0, 1}, count{0, 1}, count{0, 2}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := tallyOf(suite, c.result); got != c.want {
				t.Errorf("tally is %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestTheComparisonHasARowPerCache(t *testing.T) {
	suite := catalogue{
		Cases:     []testCase{{ID: "a", Kind: required}, {ID: "b", Kind: optimal}},
		Published: []published{{Name: "Other", Version: "1.2", Results: outcomes{"a": fail, "b": pass}}},
	}
	page := comparison(suite, outcomes{"a": pass, "b": pass})
	for _, row := range []string{
		"| Cache | Required, of 1 | Optimal, of 1 | Check, of 0 | Surrogate-Control, of 0 |\n",
		"| Larder | 1 | 1 | 0 | 0 |\n",
		"| Other 1.2 | 0 | 1 | 0 | 0 |\n",
	} {
		if !strings.Contains(page, row) {
			t.Errorf("no row %q in\n%s", row, page)
		}
	}
}
