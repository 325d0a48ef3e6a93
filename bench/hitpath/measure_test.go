package main

import (
	"strings"
	"testing"
	"time"

	"larder/bench/loadgen"
)

// throughputs returns results with the given numbers of requests per second.
func throughputs(requests ...int) []loadgen.Result {
	results := make([]loadgen.Result, len(requests))
	for i, n := range requests {
		results[i] = loadgen.Result{Requests: n, Elapsed: time.Second}
	}
	return results
}

func TestTheRatioIsTheMedianOfTheRoundsRatios(t *testing.T) {
	// The machine was slow in the second round.
	own := series{results: throughputs(90, 45, 99)}
	other := series{results: throughputs(100, 50, 100)}
	if got := own.ratio(other); got != 0.9 {
		t.Errorf("ratio is %v, want 0.9", got)
	}
	if got := own.median(loadgen.Result.PerSecond); got != 90 {
		t.Errorf("median is %v, want 90", got)
	}
}

func TestThePageWarnsIfItsFiguresAreNotComparable(t *testing.T) {
	for _, c := range []struct {
		name       string
		comparable bool
	}{
		{"with TCP_QUICKACK there is no warning", true},
		{"without TCP_QUICKACK there is a warning", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			page := report{Comparable: c.comparable}.markdown()
			if warned := strings.Contains(page, "Not comparable"); warned == c.comparable {
				t.Errorf("warned is %v in\n%s", warned, page)
			}
		})
	}
}
