package main

import (
	"fmt"
	"strings"
)

// count is the number of cases of a group that passed.
type count struct{ passed, of int }

func (c count) String() string { return fmt.Sprintf("%d of %d", c.passed, c.of) }

// tally holds the counts of a result. A case counts as passed even if a case
// that it depends on failed.
type tally struct {
	required, optimal, check count
	surrogate                count // every kind of the Surrogate-Control suite
}

// tallyOf counts a result. A case without an outcome did not pass.
func tallyOf(suite catalogue, result outcomes) tally {
	var t tally
	for _, one := range suite.Cases {
		group := t.group(one)
		group.of++
		if outcome, ran := result[one.ID]; ran && outcome.passed() {
			group.passed++
		}
	}
	return t
}

func (t *tally) group(one testCase) *count {
	switch {
	case one.Surrogate:
		return &t.surrogate
	case one.Kind == required:
		return &t.required
	case one.Kind == optimal:
		return &t.optimal
	default:
		return &t.check
	}
}

// comparison returns a Markdown page with Larder's counts beside the published
// ones.
func comparison(suite catalogue, result outcomes) string {
	t := tallyOf(suite, result)
	var page strings.Builder
	fmt.Fprintf(&page, "# Cases of http-cache-tests %s that pass\n\n", suiteVersion)
	page.WriteString("Written by `go run ./conformance -update`. Larder's row is a run through its Wasm in Viceroy; the others are the results that come with the suite, by its authors, counted in the same way. They name old versions: newer ones may do better.\n\n")
	fmt.Fprintf(&page, "| Cache | Required, of %d | Optimal, of %d | Check, of %d | Surrogate-Control, of %d |\n",
		t.required.of, t.optimal.of, t.check.of, t.surrogate.of)
	page.WriteString("|---|--:|--:|--:|--:|\n")
	row(&page, "Larder", t)
	for _, other := range suite.Published {
		row(&page, other.Name+" "+other.Version, tallyOf(suite, other.Results))
	}
	page.WriteString("\nCheck cases ask what a cache does where no answer is wrong, so their number is not a ranking. The Surrogate-Control suite is counted separately because its authors run it only on demand.\n")
	return page.String()
}

func row(page *strings.Builder, name string, t tally) {
	fmt.Fprintf(page, "| %s | %d | %d | %d | %d |\n",
		name, t.required.passed, t.optimal.passed, t.check.passed, t.surrogate.passed)
}
