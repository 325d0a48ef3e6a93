package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"larder/bench/loadgen"
)

// warmUp is the length of a run whose result is discarded, long enough to start
// sandboxes.
const warmUp = 200 * time.Millisecond

// connections returns the numbers of connections to measure with.
func connections() []int { return []int{1, 8} }

// series holds one program's results with one number of connections, one per
// round.
type series struct {
	subject     string
	connections int
	results     []loadgen.Result
}

// measure runs the subjects in turn. Every round begins with another one, so
// that no program always runs after the same one.
func measure(ctx context.Context, subjects []subject, rounds int, each time.Duration, out io.Writer) ([]series, error) {
	var all []series
	for _, n := range connections() {
		fmt.Fprintf(out, "measuring with %d connections: %d rounds of %d programs, %v each\n", n, rounds, len(subjects), each)
		measured := make([]series, len(subjects))
		for i, s := range subjects {
			measured[i] = series{subject: s.Name, connections: n}
			if _, err := loadgen.Run(ctx, s.target, n, warmUp); err != nil {
				return nil, err
			}
		}
		for round := range rounds {
			for turn := range subjects {
				i := (round + turn) % len(subjects)
				result, err := loadgen.Run(ctx, subjects[i].target, n, each)
				if err != nil {
					return nil, err
				}
				measured[i].results = append(measured[i].results, result)
			}
		}
		all = append(all, measured...)
	}
	return all, nil
}

// median returns the median of a value over the rounds.
func (s series) median(value func(loadgen.Result) float64) float64 {
	values := make([]float64, len(s.results))
	for i, result := range s.results {
		values[i] = value(result)
	}
	return loadgen.Median(values)
}

// ratio returns the median, over the rounds, of s's throughput divided by
// other's in the same round.
func (s series) ratio(other series) float64 {
	ratios := make([]float64, len(s.results))
	for i, result := range s.results {
		ratios[i] = result.PerSecond() / other.results[i].PerSecond()
	}
	return loadgen.Median(ratios)
}
