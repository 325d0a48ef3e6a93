package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"larder/internal/local"
)

// site is an origin that can be broken. It answers every path with an item
// named after the path, in the edition that is current.
type site struct {
	address  string
	edition  *atomic.Int64 // which the sites of a drill share
	answer   atomic.Pointer[http.HandlerFunc]
	requests atomic.Int64 // so far

	byPath sync.Map // number of requests, *atomic.Int64, by path

	server *http.Server // nil while it refuses connections
}

// newSite returns a healthy site.
func newSite(edition *atomic.Int64) (*site, error) {
	address, err := local.FreeAddress()
	if err != nil {
		return nil, err
	}
	s := &site{address: address, edition: edition}
	s.heal()
	return s, s.listen()
}

func (s *site) url() string { return "http://" + s.address }

// heal makes it answer correctly.
func (s *site) heal() { s.does(s.good) }

// does sets how it answers.
func (s *site) does(answer http.HandlerFunc) { s.answer.Store(&answer) }

// listen accepts connections again, unless it already does.
func (s *site) listen() error {
	if s.server != nil {
		return nil
	}
	listener, err := net.Listen("tcp", s.address)
	if err != nil {
		return fmt.Errorf("an origin on %s: %w", s.address, err)
	}
	s.server = &http.Server{Handler: s, ErrorLog: log.New(io.Discard, "", 0)}
	go s.server.Serve(listener) //nolint:errcheck // it ends with refuse
	return nil
}

// refuse ends all connections and accepts no more.
func (s *site) refuse() {
	if s.server != nil {
		_ = s.server.Close() // errors of its connections do not matter
		s.server = nil
	}
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests.Add(1)
	count, _ := s.byPath.LoadOrStore(r.URL.Path, new(atomic.Int64))
	count.(*atomic.Int64).Add(1)
	(*s.answer.Load())(w, r)
}

// requestsFor is how many requests for a path have arrived so far.
func (s *site) requestsFor(path string) int64 {
	count, ok := s.byPath.Load(path)
	if !ok {
		return 0
	}
	return count.(*atomic.Int64).Load()
}

func (s *site) good(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, item(r.URL.Path, s.edition.Load())) //nolint:errcheck // the connection is gone
}

// item is the body of a path in an edition, some kilobytes long.
func item(path string, edition int64) string {
	slug := strings.Trim(path, "/")
	return fmt.Sprintf(`{"data":{"slug":%q,"edition":%d,"text":%q}}`, slug[strings.LastIndex(slug, "/")+1:], edition, strings.Repeat("Keeps well in a cool and dry place. ", 80))
}

// The ways to break an answer.

// hang accepts the request and never answers.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "out of order", code) }
}

// garbage is what a misconfigured server sends with 200.
func garbage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, "<!doctype html><title>It works!</title>") //nolint:errcheck // the connection is gone
}

// broken sends the beginning of the right answer under a Content-Length, and
// then closes or resets the connection. whole says that the length is that of
// the right answer; otherwise it is that of what is sent.
func (s *site) broken(whole, reset bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body := item(r.URL.Path, s.edition.Load())
		sent := body[:len(body)/2]
		length := len(sent)
		if whole {
			length = len(body)
		}
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return // the connection is broken already
		}
		defer connection.Close()
		fmt.Fprintf(connection, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", length, sent)
		if tcp, ok := connection.(*net.TCPConn); ok && reset {
			_ = tcp.SetLinger(0) // the close is then an orderly one, which breaks the body as well
		}
	}
}

// drip sends the right answer at one byte a second.
func (s *site) drip(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	out := http.NewResponseController(w)
	for _, b := range []byte(item(r.URL.Path, s.edition.Load())) {
		if _, err := w.Write([]byte{b}); err != nil || out.Flush() != nil {
			return
		}
		if !pause(r.Context(), 1) {
			return
		}
	}
}

// untrusted is a TLS server with a self-signed certificate.
func untrusted(ctx context.Context) (url string, err error) {
	certificate, err := selfSigned()
	if err != nil {
		return "", err
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		return "", err
	}
	server := &http.Server{
		Handler:  http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, item(r.URL.Path, -1)) }), //nolint:errcheck // the connection is gone
		ErrorLog: log.New(io.Discard, "", 0),
	}
	context.AfterFunc(ctx, func() { _ = server.Close() }) // no connection lasts long
	go server.Serve(listener)                             //nolint:errcheck // it ends with ctx
	return "https://" + listener.Addr().String(), nil
}
