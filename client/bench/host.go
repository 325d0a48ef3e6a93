package main

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

// state is how a host behaves.
type state int32

const (
	good state = iota
	refusing
	hanging
	unavailable
	states
)

func (s state) String() string {
	return [...]string{"good", "refuses", "hangs", "503"}[s]
}

const (
	pages    = 50
	bodySize = 4096
)

// host is a server on loopback that answers as the edge does.
type host struct {
	addr  string
	state atomic.Int32

	mu     sync.Mutex
	server *http.Server // nil while it refuses
	awake  chan struct{}
}

func newHost() (*host, error) {
	h := &host{addr: "127.0.0.1:0", awake: make(chan struct{})}
	return h, h.listen()
}

func (h *host) url() string { return "http://" + h.addr }

func (h *host) listen() error {
	listener, err := net.Listen("tcp", h.addr)
	if err != nil {
		return err
	}
	h.addr = listener.Addr().String()
	h.server = &http.Server{Handler: h}
	server := h.server
	go server.Serve(listener) //nolint:errcheck // it ends when the host refuses
	return nil
}

func (h *host) set(s state) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.state.Store(int32(s))
	close(h.awake)
	h.awake = make(chan struct{})
	switch {
	case s == refusing && h.server != nil:
		err := h.server.Close()
		h.server = nil
		return err
	case s != refusing && h.server == nil:
		return h.listen()
	}
	return nil
}

func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	awake := h.awake
	h.mu.Unlock()
	switch state(h.state.Load()) {
	case hanging:
		select {
		case <-awake:
		case <-r.Context().Done():
		}
		panic(http.ErrAbortHandler)
	case unavailable:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("ETag", `"1"`)
	w.Header().Set("Cache-Control", "public, max-age=0, stale-if-error=86400")
	if r.Header.Get("If-None-Match") == `"1"` {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	fmt.Fprint(w, strings.Repeat("x", bodySize))
}
