package main

import (
	"strings"
	"testing"
	"time"

	"larder/bench/loadgen"
)

// throughputs returns results of so many requests in a second each.
func throughputs(requests ...int) []loadgen.Result {
	results := make([]loadgen.Result, len(requests))
	for i, n := range requests {
		results[i] = loadgen.Result{Requests: n, Elapsed: time.Second}
	}
	return results
}

func TestARatioComparesRoundsWithEachOtherAndNotMediansOfDifferentRounds(t *testing.T) {
	// The machine was slow in the second round, for both alike.
	own := series{results: throughputs(90, 45, 99)}
	other := series{results: throughputs(100, 50, 100)}
	if got := own.ratio(other); got != 0.9 {
		t.Errorf("ratio is %v, want 0.9", got)
	}
	if got := own.median(loadgen.Result.PerSecond); got != 90 {
		t.Errorf("median is %v, want 90", got)
	}
}

func TestMiddle(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64
		want   float64
	}{
		{"of one it is that one", []float64{3}, 3},
		{"of an odd number it is the one in the middle", []float64{9, 1, 5}, 5},
		{"of an even number it is the lower of two", []float64{4, 1, 3, 2}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := middle(c.values); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestThePageSaysWhenItsFiguresAreNotComparable(t *testing.T) {
	for _, c := range []struct {
		name       string
		comparable bool
	}{
		{"with TCP_QUICKACK nothing is said", true},
		{"without it a warning stands above the figures", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			page := report{Comparable: c.comparable}.markdown()
			if warned := strings.Contains(page, "Not comparable"); warned == c.comparable {
				t.Errorf("warned is %v in\n%s", warned, page)
			}
		})
	}
}
