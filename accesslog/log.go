// Package accesslog writes a line for each request to the operator's log
// endpoint: a JSON object, since every log store can read that.
//
// All lines are written but those of fresh hits, of which there may be thousands
// a second: one of every so many is, and says how many it stands for.
package accesslog

import (
	"io"
	"net/http"
	"sync"
	"time"

	"larder/config"
)

// Log writes lines. A nil Log writes none.
type Log struct {
	config   config.Logs
	about    About
	endpoint func() io.Writer
	random   func(n int) int
}

// About is where a Log's lines come from.
type About struct {
	// POP and Version of the service answered the requests.
	POP     string `json:"pop,omitempty"`
	Version string `json:"version,omitempty"`
}

// New returns a Log. It opens its endpoint for the first line. random returns a
// number from 0 to n-1.
func New(cfg config.Logs, about About, open func(name string) io.Writer, random func(n int) int) *Log {
	if cfg.Access == "" {
		return nil
	}
	return &Log{
		config: cfg, about: about, random: random,
		endpoint: sync.OnceValue(func() io.Writer { return open(cfg.Access) }),
	}
}

// Write completes a line and writes it, unless it is one of the fresh hits that
// are left out. took is the time until the response was sent. An error is that
// of the endpoint.
func (l *Log) Write(line Line, took time.Duration) error {
	if l == nil {
		return nil
	}
	line.Sample = 1
	if line.freshHit() && took < l.config.Slow {
		line.Sample = l.config.FreshHits
		if line.Sample == 0 || line.Sample > 1 && l.random(line.Sample) != 0 {
			return nil
		}
	}
	line.About, line.Milliseconds = l.about, MillisecondsOf(took)
	_, err := l.endpoint().Write(line.appendJSON(make([]byte, 0, typicalLine)))
	return err
}

// typicalLine is room for most lines, in bytes.
const typicalLine = 512

// freshHit reports whether the line is about a response that was fresh in the
// cache.
func (l *Line) freshHit() bool {
	return l.Cache == Hit && l.Stale == "" && l.Status < http.StatusBadRequest
}
