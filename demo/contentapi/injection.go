package contentapi

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// apply injects the faults into the responses that they apply to.
func (f *faultSwitch) apply(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		faults, ok := f.take(r)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		faults.inject(w, r, next)
	})
}

// inject answers r like next, but with the faults.
func (f Faults) inject(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if f.Hang {
		<-r.Context().Done() // the client disconnected, or the server is stopping
		abandon(w)
		return
	}
	if !pause(r.Context(), f.Delay) {
		return
	}
	answer := &recorded{header: w.Header(), status: http.StatusOK}
	f.answer(answer, r, next)
	for name, value := range f.Headers {
		answer.header.Set(name, value)
	}
	body := answer.body.Bytes()
	switch {
	case f.Reset:
		cut(w, r, answer, body[:len(body)/2], true)
	case f.Truncate != nil:
		cut(w, r, answer, body[:min(*f.Truncate, len(body))], false)
	default:
		w.WriteHeader(answer.status)
		f.drip(w, r, body)
	}
}

// answer records the response to send.
func (f Faults) answer(answer *recorded, r *http.Request, next http.Handler) {
	switch {
	case f.Status != 0:
		body := fmt.Sprintf(`{"detail":"Fault switched on: %d %s."}`, f.Status, http.StatusText(f.Status))
		writeJSON(answer, f.Status, []byte(body))
	case f.Garbage:
		writeJSON(answer, http.StatusOK, []byte(`<!doctype html><p>Not what you asked for: {"data": [`))
	default:
		if f.Gzip != nil && !*f.Gzip {
			r = r.Clone(r.Context())
			r.Header.Del("Accept-Encoding")
		}
		next.ServeHTTP(answer, r)
	}
}

// drip sends the body, with BodyDelay in several parts.
func (f Faults) drip(w http.ResponseWriter, r *http.Request, body []byte) {
	size := len(body)
	if f.BodyDelay > 0 {
		size = max(f.DripBytes, 1)
	}
	out := http.NewResponseController(w)
	for len(body) > 0 {
		n := min(size, len(body))
		if _, err := w.Write(body[:n]); err != nil {
			return
		}
		body = body[n:]
		if f.BodyDelay > 0 {
			if err := out.Flush(); err != nil || !pause(r.Context(), f.BodyDelay) {
				return
			}
		}
	}
}

// cut sends the header of a response and part of its body, then closes or resets
// the connection. The HTTP server does not support this, so it writes to the
// hijacked connection.
func cut(w http.ResponseWriter, r *http.Request, answer *recorded, part []byte, reset bool) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError) // HTTP/2 connections cannot be hijacked
		return
	}
	defer connection.Close()
	if r.Method == http.MethodHead {
		part = nil
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "HTTP/1.1 %d %s\r\n", answer.status, http.StatusText(answer.status))
	answer.header.Set("Content-Length", strconv.Itoa(answer.body.Len()))
	answer.header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	answer.header.Write(&out) //nolint:errcheck // a bytes.Buffer never fails
	out.WriteString("\r\n")
	out.Write(part)
	if _, err := connection.Write(out.Bytes()); err != nil {
		return
	}
	if tcp, ok := connection.(*net.TCPConn); ok && reset {
		tcp.SetLinger(0) //nolint:errcheck // closing truncates the response as well
	}
}

// abandon closes the connection without a response.
func abandon(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError) // as in cut
		return
	}
	connection.Close()
}

// pause waits some milliseconds. It returns false if the client disconnected.
func pause(ctx context.Context, milliseconds int) bool {
	timer := time.NewTimer(time.Duration(milliseconds) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// recorded records a response instead of sending it.
type recorded struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header, WriteHeader and Write implement http.ResponseWriter.
func (a *recorded) Header() http.Header            { return a.header }
func (a *recorded) WriteHeader(status int)         { a.status = status }
func (a *recorded) Write(part []byte) (int, error) { return a.body.Write(part) }
