package e2e

import (
	"bytes"
	"slices"
	"strings"
	"sync"
)

// edgeLog records everything that an edge logs.
type edgeLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *edgeLog) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *edgeLog) since(offset int) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return string(j.text.Bytes()[offset:])
}

func (j *edgeLog) size() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Len()
}

// signsOfACrash are what a guest that did not end well leaves in the log.
var signsOfACrash = []string{"panic", "wasm trap", "wasm backtrace", "exited with error", "fatal error", "out of memory"}

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
