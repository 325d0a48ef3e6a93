package handlers

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// cpuTimer measures the CPU time of one request. The zero value measures
// nothing.
type cpuTimer struct {
	used   func() (time.Duration, error) // by the sandbox so far
	before time.Duration
}

// start begins to measure. If used is nil or fails, nothing is measured.
func (c *cpuTimer) start(used func() (time.Duration, error)) {
	if used == nil {
		return
	}
	if before, err := used(); err == nil {
		*c = cpuTimer{used: used, before: before}
	}
}

// appendTo adds the CPU time since the start to Server-Timing, in milliseconds
// (W3C Server Timing §2).
func (c *cpuTimer) appendTo(h http.Header) {
	if c.used == nil {
		return
	}
	now, err := c.used()
	if err != nil {
		return
	}
	entry := "cpu;dur=" + strconv.FormatInt((now-c.before).Milliseconds(), 10)
	// The values may be those of a stored record.
	h["Server-Timing"] = append(slices.Clone(h["Server-Timing"]), entry)
}
