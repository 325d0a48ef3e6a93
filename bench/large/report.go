package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"larder/bench/loadgen"
)

func markdown(command string, o options, rows []row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Large responses\n\n`%s`, %s, %s on %d cores. The body has %d bytes of JSON, and the origin sends %d bytes a second. TCP_QUICKACK set: %v.\n\n",
		command, time.Now().UTC().Format(time.DateOnly), runtime.Version(), runtime.NumCPU(), o.size, o.pace, loadgen.Comparable)
	fmt.Fprintf(&b, "| request | answered by | first byte, ms | last byte, ms |\n|---|---|--:|--:|\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %.1f | %.1f |\n", r.kind, r.subject, milliseconds(r.firstByte), milliseconds(r.total))
	}
	b.WriteString("\nFigures are medians. Nothing was in the cache before a request, except where the row says so.\n")
	return b.String()
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
