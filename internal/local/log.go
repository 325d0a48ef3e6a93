package local

import (
	"bytes"
	"slices"
	"strings"
	"sync"
)

// Log records everything that an edge logs. It is safe for concurrent use, and
// its zero value is empty.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements [io.Writer]. It never fails.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// Since returns what was logged after the first offset bytes.
func (l *Log) Since(offset int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text.Bytes()[offset:])
}

// Size returns how many bytes were logged.
func (l *Log) Size() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Len()
}

// Crash returns what was logged after the first offset bytes about a guest that
// did not end well, a few lines before and after included, or "".
func (l *Log) Crash(offset int) string {
	lines := strings.Split(strings.TrimSpace(l.Since(offset)), "\n")
	i := crash(lines)
	if i < 0 {
		return ""
	}
	return strings.Join(lines[max(0, i-5):min(i+30, len(lines))], "\n")
}

// signsOfACrash are what a guest that did not end well leaves in the log. Where
// Viceroy's own threads panic, as they do if a client hangs up, they say
// "panicked", and no guest has failed.
var signsOfACrash = []string{"panic:", "wasm trap", "wasm backtrace", "exited with error", "fatal error", "out of memory"}

func isCrash(line string) bool {
	return slices.ContainsFunc(signsOfACrash, func(sign string) bool {
		return strings.Contains(strings.ToLower(line), sign)
	})
}

// crash finds the first line that shows one, or -1. A guest that breaks an
// answer off ends with an error on purpose, and says so before.
func crash(lines []string) int {
	broken := 0
	for i, line := range lines {
		switch {
		case strings.Contains(line, "the body was cut short"):
			broken++
		case broken > 0 && strings.Contains(line, "exited with error"):
			broken--
		case isCrash(line):
			return i
		}
	}
	return -1
}
