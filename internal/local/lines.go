package local

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// keptLines is how much of a program's output an error message quotes.
const keptLines = 20

// maxLine bounds a line in bytes, so that output without line ends cannot fill
// the memory.
const maxLine = 64 << 10

// lines takes a program's output apart. It passes each line on with a prefix,
// keeps the last ones for error messages, and delivers on found what announced
// makes of the first line that it knows.
type lines struct {
	prefix    string
	out       io.Writer
	announced func(line string) (string, bool)
	found     chan string

	mu      sync.Mutex
	partial []byte
	last    []string
}

func newLines(prefix string, out io.Writer, announced func(string) (string, bool)) *lines {
	if out == nil {
		out = io.Discard
	}
	return &lines{prefix: prefix, out: out, announced: announced, found: make(chan string, 1)}
}

// Write implements io.Writer. It never fails: a program must not be stopped by
// whoever reads its log.
func (l *lines) Write(output []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for rest := output; ; {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		l.partial = append(l.partial, line...)
		if !ended && len(l.partial) < maxLine {
			return len(output), nil
		}
		l.take(strings.TrimSuffix(string(l.partial), "\r"))
		l.partial = l.partial[:0]
		rest = after
	}
}

func (l *lines) take(line string) {
	if l.announced != nil {
		if value, ok := l.announced(line); ok {
			l.announced = nil
			l.found <- value
			return
		}
	}
	l.last = append(l.last, line)
	if len(l.last) > keptLines {
		l.last = l.last[1:]
	}
	// A reader that is gone loses lines and nothing else.
	_, _ = io.WriteString(l.out, l.prefix+line+"\n")
}

// tail returns the last lines of output, newest last.
func (l *lines) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(append(l.last[:len(l.last):len(l.last)], string(l.partial)), "\n")
}
