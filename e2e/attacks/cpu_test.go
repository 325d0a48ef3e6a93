package attacks

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// measureCPU begins to measure a request, and returns a function that gives the
// guest's CPU time in milliseconds, or -1 where the answer does not say it.
//
// Two numbers bound it from above, and the lower one counts: the guest's own,
// which has the time in which Viceroy's thread waited for a processor too, and
// what Viceroy as a whole used, which only Linux tells.
func measureCPU(e edge) func(got answer) int {
	before, known := processCPU(e.PID())
	return func(got answer) int {
		guest := cpuTime(got)
		after, stillKnown := processCPU(e.PID())
		if guest < 0 || !known || !stillKnown || after < before {
			return guest
		}
		return min(guest, int(math.Ceil((after-before).Seconds()*1000)))
	}
}

var cpuEntry = regexp.MustCompile(`^cpu;dur=(\d+)$`)

// cpuTime reads the guest's own entry of Server-Timing, which is the last.
func cpuTime(got answer) int {
	values := got.header.Values("Server-Timing")
	if len(values) == 0 {
		return -1
	}
	m := cpuEntry.FindStringSubmatch(values[len(values)-1])
	if m == nil {
		return -1
	}
	ms, err := strconv.Atoi(m[1])
	if err != nil {
		return -1
	}
	return ms
}

// processCPU is how long the threads of a process have run.
func processCPU(pid int) (time.Duration, bool) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(files) == 0 {
		return 0, false
	}
	var total time.Duration
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // the thread has ended
		}
		ran, _, _ := strings.Cut(string(text), " ")
		ns, err := strconv.ParseInt(ran, 10, 64)
		if err != nil {
			return 0, false
		}
		total += time.Duration(ns)
	}
	return total, true
}
