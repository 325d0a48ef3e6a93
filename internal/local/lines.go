package local

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// tailLines is how many lines of output an error message quotes.
const tailLines = 20

// maxLine bounds a line in bytes, since output may have no line ends.
const maxLine = 64 << 10

// lines splits a program's output into lines. It writes each with a prefix to
// out and remembers the last ones for error messages. The first line that
// announced recognises is not written; its value is sent to found.
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

// Write implements io.Writer. It never fails, because an error of the log must
// not stop the program.
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
	if len(l.last) > tailLines {
		l.last = l.last[1:]
	}
	// If the log cannot be written, only its lines are lost.
	_, _ = io.WriteString(l.out, l.prefix+line+"\n")
}

// tail returns the last lines of output, newest last.
func (l *lines) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(append(l.last[:len(l.last):len(l.last)], string(l.partial)), "\n")
}
