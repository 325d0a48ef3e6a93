package handlers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"larder/origin"
)

// script is what an origin does with a request.
type script = func(*origin.Request) (*origin.Response, error)

// Send implements [origin.Sender]: it hands the body over unread, as a host
// does.
func (e *edge) Send(_ context.Context, backend string, req *origin.Request) (*origin.Response, error) {
	e.mu.Lock()
	e.asked = append(e.asked, req)
	answer := e.answer
	if backend == "standby" {
		answer = e.second
	}
	e.mu.Unlock()
	resp, err := answer(req)
	if err != nil {
		return nil, err
	}
	body := &originBody{Reader: bytes.NewReader(resp.Body)}
	if resp.Remainder == nil {
		resp.Remainder = body
	}
	resp.Body = nil
	return resp, nil
}

// wantAsked checks how many requests the origins have had since the last call.
func (e *edge) wantAsked(n int) {
	e.t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.asked) != n {
		e.t.Errorf("the origin was asked %d times, not %d", len(e.asked), n)
	}
	e.asked = nil
}

func (e *edge) lastAsked() *origin.Request {
	e.t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.asked) == 0 {
		e.t.Fatal("the origin was not asked")
	}
	return e.asked[len(e.asked)-1]
}

// does sets what the origin does from now on.
func (e *edge) does(answer script) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answer = answer
}

// says makes the origin answer this from now on. Header lines are
// "Name: value".
func (e *edge) says(status int, body string, lines ...string) {
	e.does(func(*origin.Request) (*origin.Response, error) { return e.response(status, body, lines...), nil })
}

// fails makes the origin unreachable.
func (e *edge) fails(err error) {
	e.does(func(*origin.Request) (*origin.Response, error) { return nil, err })
}

// duringFetch makes the origin answer its next request with the old content,
// after running f, and later ones with the new content.
func (e *edge) duringFetch(f func()) {
	e.does(func(*origin.Request) (*origin.Response, error) {
		e.says(200, after)
		f()
		return e.response(200, before), nil
	})
}

// fill stores the answer to one request.
func (e *edge) fill(uri, body string, lines ...string) {
	e.t.Helper()
	e.says(200, body)
	e.get(uri, lines...).want(200, body, anything)
	e.wantAsked(1)
}

// response is one of the origin's. Instead of the Body it may be given a
// Remainder.
func (e *edge) response(status int, body string, lines ...string) *origin.Response {
	header := fields(lines...)
	if header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/json")
	}
	return &origin.Response{Status: status, Header: header, Body: []byte(body)}
}

// fields makes a header of "Name: value" lines.
func fields(lines ...string) http.Header {
	h := http.Header{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		h.Add(name, strings.TrimPrefix(value, " "))
	}
	return h
}

// Bodies of the post "tea" before and after its edit.
const (
	before = `{"data":{"slug":"tea","title":"Tea","author":{"slug":"ada"}}}`
	after  = `{"data":{"slug":"tea","title":"More tea","author":{"slug":"ada"}}}`
)

var errRefused = errors.New("connection refused")

// errTimeout is what a host says of an origin that takes too long.
var errTimeout = fmt.Errorf("%w: no first byte", origin.ErrTimeout)

// originBody is a body on its way from the origin. It may break off, and knows
// whether it was closed.
type originBody struct {
	io.Reader
	err    error
	closed bool
}

func (b *originBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) && b.err != nil {
		return n, b.err
	}
	return n, err
}

func (b *originBody) Close() error {
	b.closed = true
	return nil
}

// large is a body beyond what is read for surrogate keys.
var large = `{"data":"` + strings.Repeat("0123456789", 1000) + `"}`

var errReset = errors.New("connection reset")

// saysLarge makes the origin answer with the large body, which breaks off at
// its end if broken is not nil.
func (e *edge) saysLarge(broken error, lines ...string) *originBody {
	body := &originBody{err: broken}
	e.does(func(*origin.Request) (*origin.Response, error) {
		body.Reader = strings.NewReader(large)
		resp := e.response(200, "", lines...)
		resp.Remainder = body
		return resp, nil
	})
	return body
}

// variants makes the origin answer with what it is told in a request field.
func (e *edge) variants(name string, lines ...string) {
	e.does(func(r *origin.Request) (*origin.Response, error) {
		return e.response(200, "for "+strings.Join(r.Header.Values(name), ", "), append(lines, aMinute)...), nil
	})
}

// serves makes the origin answer with body, and with parts of it where it is
// asked for them (RFC 9110 §14.2).
func (e *edge) serves(body string, lines ...string) {
	e.does(func(req *origin.Request) (*origin.Response, error) {
		w := httptest.NewRecorder()
		for name, values := range fields(append(lines, "Content-Type: text/plain")...) {
			w.Header()[name] = values
		}
		http.ServeContent(w, &http.Request{Method: req.Method, Header: req.Header}, "", time.Time{}, strings.NewReader(body))
		resp := e.response(w.Code, w.Body.String())
		resp.Header = w.Header()
		return resp, nil
	})
}

// letters is content of 26 bytes, of which parts are stored.
const letters = "abcdefghijklmnopqrstuvwxyz"

// Header lines of content whose origin decides its lifetime.
const (
	aMinute   = "Cache-Control: max-age=60"
	strongTag = `ETag: "v1"`
)

// withStandby adds a second origin to a configuration.
func withStandby(file string) string {
	const first = `"host": "api.example", "retries": 0}`
	return strings.Replace(file, first, first+`, {"name": "standby", "host": "api.example", "retries": 0}`, 1)
}
