package main

import (
	"bytes"
	"net/http"
	"strings"
	"time"
)

// origin serves the same large JSON document under every path, at a fixed pace.
// It understands HEAD, ranges and conditions.
type origin struct {
	body []byte
	pace int // bytes a second
}

func newOrigin(o options) *origin {
	const head, tail = `{"data":{"slug":"large","text":"`, `"}}`
	body := head + strings.Repeat("x", o.size-len(head)-len(tail)) + tail
	return &origin{body: []byte(body), pace: o.pace}
}

func (o *origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Etag", `"large"`)
	paced := &pacedWriter{ResponseWriter: w, pace: o.pace, began: time.Now()}
	http.ServeContent(paced, r, "", time.Time{}, bytes.NewReader(o.body))
}

// pacedWriter sends a body at a pace.
type pacedWriter struct {
	http.ResponseWriter
	pace  int
	began time.Time
	sent  int
}

// piece is how much is sent at once.
const piece = 32 << 10

func (p *pacedWriter) Write(body []byte) (n int, err error) {
	for len(body) > 0 && err == nil {
		var written int
		written, err = p.ResponseWriter.Write(body[:min(piece, len(body))])
		n, p.sent, body = n+written, p.sent+written, body[written:]
		due := time.Duration(float64(p.sent) / float64(p.pace) * float64(time.Second))
		time.Sleep(due - time.Since(p.began))
	}
	return n, err
}
