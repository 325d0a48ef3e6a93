package main

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"larder/bench/loadgen"
)

func markdown(command string, p plan, rows []row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# A bulk import beside other pages\n\n`%s`, %s, %s on %d cores. TCP_QUICKACK set: %v.\n\n",
		command, time.Now().UTC().Format(time.DateOnly), runtime.Version(), runtime.NumCPU(), loadgen.Comparable)
	fmt.Fprintf(&b, "In each cell the page and the list are edited once. Then %d edits purge keys that neither of them carries, while each gets %d requests a second.\n\n", p.edits, p.requests)
	b.WriteString("| origin takes | edits a second | URL | requests | at the origin | at once | hit ratio | p50 ms | p99 ms | statuses |\n")
	b.WriteString("|--:|--:|---|--:|--:|--:|--:|--:|--:|---|\n")
	for _, r := range rows {
		for _, u := range []struct {
			name string
			outcome
		}{{"page", r.page}, {"list", r.list}} {
			fmt.Fprintf(&b, "| %v | %.1f | %s | %d | %d | %d | %.3f | %.1f | %.1f | %s |\n", r.latency, r.edits, u.name,
				len(u.times), u.fetches, u.atOnce, float64(u.hits)/float64(max(len(u.times), 1)),
				milliseconds(loadgen.Percentile(u.times, 50)), milliseconds(loadgen.Percentile(u.times, 99)), counts(u.statuses))
		}
	}
	purges := map[int]int{}
	for _, r := range rows {
		for status, n := range r.statusOfPurges {
			purges[status] += n
		}
	}
	fmt.Fprintf(&b, "\nStatuses of the purges: %s.\n", counts(purges))
	return b.String()
}

// counts shows how often each status came; 0 stands for no response.
func counts(statuses map[int]int) string {
	var parts []string
	for _, status := range slices.Sorted(maps.Keys(statuses)) {
		parts = append(parts, fmt.Sprintf("%d: %d", status, statuses[status]))
	}
	return strings.Join(parts, ", ")
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
