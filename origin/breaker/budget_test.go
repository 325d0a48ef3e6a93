package breaker

import (
	"testing"
	"time"
)

const window = 10 * time.Second

// answers counts answers, all at once.
func answers(b Budget, now time.Time, good bool, n int) Budget {
	for range n {
		b = b.Answered(good, now, window)
	}
	return b
}

func TestAnOriginThatMostlyFailsIsNotAskedTwice(t *testing.T) {
	tests := []struct {
		name       string
		bad, good  int // in this order
		thenBad    int
		wantsRetry bool
	}{
		{"nothing is known", 0, 0, 0, true},
		{"few failures", 4, 0, 0, true},
		{"more failures", 5, 0, 0, false},
		{"as many good answers as failures", 5, 5, 0, true},
		{"good answers before the failures are no credit", 0, 100, 5, false},
		{"after many failures a few good answers suffice", 1000, 6, 0, true},
		{"but not fewer", 1000, 5, 0, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := answers(Budget{}, start, false, test.bad)
			b = answers(b, start, true, test.good)
			b = answers(b, start, false, test.thenBad)
			if got := b.AllowsRetry(start, window); got != test.wantsRetry {
				t.Errorf("it allows a retry: %t, want %t", got, test.wantsRetry)
			}
		})
	}
}

func TestFailuresOlderThanTheWindowDoNotCountAgainstTheBudget(t *testing.T) {
	b := answers(Budget{}, start, false, 100)
	if b.AllowsRetry(start.Add(window), window) {
		t.Error("it allows a retry within the window")
	}
	later := start.Add(window + 1)
	if !b.AllowsRetry(later, window) || !b.Answered(false, later, window).AllowsRetry(later, window) {
		t.Error("it allows no retry after the window")
	}
}

func TestAnOriginThatKeepsFailingIsNotAskedTwiceForAsLong(t *testing.T) {
	b, now := answers(Budget{}, start, false, 5), start
	for range 1000 {
		now = now.Add(time.Second)
		b = b.Answered(false, now, window)
		if b.AllowsRetry(now, window) {
			t.Fatalf("it allows a retry after %v", now.Sub(start))
		}
	}
}

func TestAnswersOfOneKindMostlyChangeNothing(t *testing.T) {
	if b := answers(Budget{}, start, true, 1); b != (Budget{}) {
		t.Errorf("a good answer makes %+v", b)
	}
	b, now, changes := answers(Budget{}, start, false, 100), start, 0
	for range 1000 {
		now = now.Add(10 * time.Millisecond)
		next := b.Answered(false, now, window)
		if next != b {
			changes++
		}
		b = next
	}
	if changes > 4 {
		t.Errorf("%d of 1000 failures made a difference, want 4 at most", changes)
	}
}
