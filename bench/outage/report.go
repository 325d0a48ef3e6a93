package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"larder/bench/loadgen"
)

// report is the result of a run.
type report struct {
	Command string
	Rows    []row
	// Opening is the number of fetches that reached the origins until the
	// circuits were open, PerMinute the number per minute after that.
	Opening   int64
	PerMinute float64
	Memory    []memoryRow
}

// row holds the medians over a subject's rounds. Ratio is its throughput divided
// by the first subject's.
type row struct {
	Name        string
	Connections int
	PerSecond   float64
	P50, P99    float64 // milliseconds
	Ratio       float64
}

type memoryRow struct {
	Name     string
	Readings []reading
}

// reading is a process's memory in MiB after a number of requests.
type reading struct {
	Requests int
	MiB      float64
}

func newRow(name string, connections int, own, first []loadgen.Result) row {
	of := func(results []loadgen.Result, value func(loadgen.Result) float64) float64 {
		values := make([]float64, len(results))
		for i, r := range results {
			values[i] = value(r)
		}
		return loadgen.Median(values)
	}
	rate := of(own, loadgen.Result.PerSecond)
	return row{
		Name: name, Connections: connections, PerSecond: rate,
		P50:   of(own, func(r loadgen.Result) float64 { return r.P50.Seconds() * 1000 }),
		P99:   of(own, func(r loadgen.Result) float64 { return r.P99.Seconds() * 1000 }),
		Ratio: rate / of(first, loadgen.Result.PerSecond),
	}
}

func (r *report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Hits in an outage\n\n`%s`, %s, %s on %d cores. Bodies have %d bytes. TCP_QUICKACK set: %v.\n\n",
		r.Command, time.Now().UTC().Format(time.DateOnly), runtime.Version(), runtime.NumCPU(), len(body), loadgen.Comparable)
	fmt.Fprintf(&b, "| request | connections | requests/s | p50 ms | p99 ms | ratio to healthy |\n|---|---|---|---|---|---|\n")
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "| %s | %d | %.0f | %.2f | %.2f | %.2f |\n", row.Name, row.Connections, row.PerSecond, row.P50, row.P99, row.Ratio)
	}
	b.WriteString("\nFigures are medians of rounds. While the origins hang, some requests for a stale entry start a fetch after their response.\n")
	fmt.Fprintf(&b, "\nFetches that reached the origins: %d until both circuits were open, then %.1f per minute.\n\n", r.Opening, r.PerMinute)
	fmt.Fprintf(&b, "| resident memory of Viceroy | requests | MiB |\n|---|---|---|\n")
	for _, m := range r.Memory {
		for _, reading := range m.Readings {
			fmt.Fprintf(&b, "| %s | %d | %.0f |\n", m.Name, reading.Requests, reading.MiB)
		}
	}
	b.WriteString("\nViceroy does not report the memory of a single sandbox; a sandbox ends after 1,000 requests.\n")
	return b.String()
}
