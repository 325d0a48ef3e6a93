package main

import "slices"

// verdict is the result of a run. Each list holds case IDs in the catalogue's
// order.
type verdict struct {
	worse       []string // passed in the record, fails now
	unexplained []string // required or optimal, fails without an exception
	missing     []string // has no outcome: the suite did not run it
	better      []string // failed in the record, passes now
	unrecorded  []string // not in the record
	stale       []string // passes despite an exception
}

// judge compares a run with the record and the exceptions. Only passing and
// failing matter; a changed message does not.
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

// suspects returns the cases to run again on their own before they count as
// failures: on a busy machine a pause of three seconds may take four.
func (v verdict) suspects() []string {
	return unique(v.worse, v.unexplained, v.missing)
}

// failed reports whether the run must fail.
func (v verdict) failed() bool {
	return len(v.worse)+len(v.unexplained)+len(v.missing) > 0
}

// unique joins lists without repetitions.
func unique(lists ...[]string) []string {
	ids := slices.Concat(lists...)
	slices.Sort(ids)
	return slices.Compact(ids)
}
