package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"larder/bench/loadgen"
)

func (r results) markdown(command string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# From an edit to the first response that shows it\n\n`%s`, %s, %s on %d cores, Viceroy. TCP_QUICKACK set: %v.\n\n",
		command, time.Now().UTC().Format(time.DateOnly), runtime.Version(), runtime.NumCPU(), loadgen.Comparable)
	b.WriteString("Fresh is the time from the beginning of the purge to the end of the first response with the new content: the purge, and the miss after it. Milliseconds; the ratio is to a hit.\n\n")
	b.WriteString("| entries | hit p50 | purge p50 | miss p50 | fresh p50 | fresh p99 | ratio of p50 |\n|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, row := range r.rows {
		hit, fresh := loadgen.Percentile(row.hit, 50), loadgen.Percentile(row.fresh, 50)
		fmt.Fprintf(&b, "| %d | %s | %s | %s | %s | %s | %.0f |\n", row.entries, ms(hit), ms(loadgen.Percentile(row.purge, 50)),
			ms(loadgen.Percentile(row.miss, 50)), ms(fresh), ms(loadgen.Percentile(row.fresh, 99)), float64(fresh)/float64(hit))
	}
	b.WriteString("\nViceroy looks at every object it has for each key that is purged, so its purges slow down with the number of entries. Fastly's do not.\n\n")
	b.WriteString("## Webhooks that purge nothing\n\n| request | p50 ms | p99 ms | ratio of p50 |\n|---|--:|--:|--:|\n")
	base := loadgen.Percentile(r.hooks[0].times, 50)
	for _, h := range r.hooks {
		p50 := loadgen.Percentile(h.times, 50)
		fmt.Fprintf(&b, "| %s | %s | %s | %.2f |\n", h.what, ms(p50), ms(loadgen.Percentile(h.times, 99)), float64(p50)/float64(base))
	}
	return b.String()
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d)/float64(time.Millisecond)) }
