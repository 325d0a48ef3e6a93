package main

import "slices"

// verdict is what a run says about Larder. Each list holds case ids in the
// catalogue's order.
type verdict struct {
	worse       []string // passed in the record, and fails now
	unexplained []string // required or optimal, fails, and no exception says why
	missing     []string // has no outcome: the suite did not run it
	better      []string // failed in the record, and passes now
	unrecorded  []string // not in the record
	stale       []string // passes, though an exception says that it cannot
}

// judge compares a run with the record and the exceptions. A message that
// changed is not worth a word; only passing and failing count.
func judge(suite catalogue, record, run outcomes, exceptions map[string]string) verdict {
	var v verdict
	for _, one := range suite.Cases {
		now, ran := run[one.ID]
		if !ran {
			v.missing = append(v.missing, one.ID)
			continue
		}
		before, recorded := record[one.ID]
		_, excepted := exceptions[one.ID]
		if !recorded {
			v.unrecorded = append(v.unrecorded, one.ID)
		}
		if recorded && before.passed() && !now.passed() {
			v.worse = append(v.worse, one.ID)
		}
		if recorded && !before.passed() && now.passed() {
			v.better = append(v.better, one.ID)
		}
		if one.graded() && !now.passed() && !excepted {
			v.unexplained = append(v.unexplained, one.ID)
		}
		if now.passed() && excepted {
			v.stale = append(v.stale, one.ID)
		}
	}
	return v
}

// suspects returns the cases that deserve a second run alone before they count
// as failures: on a busy machine a pause of three seconds may last four.
func (v verdict) suspects() []string {
	return unique(v.worse, v.unexplained, v.missing)
}

// failed reports whether the run must fail.
func (v verdict) failed() bool {
	return len(v.worse)+len(v.unexplained)+len(v.missing) > 0
}

// unique joins lists, each id once.
func unique(lists ...[]string) []string {
	ids := slices.Concat(lists...)
	slices.Sort(ids)
	return slices.Compact(ids)
}
