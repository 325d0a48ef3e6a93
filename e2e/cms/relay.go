package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"larder/purge"
)

// delivery is a webhook on its way from the CMS to the edge.
type delivery struct {
	header http.Header
	body   []byte
	status int
	purge  purge.HookResult
}

// relay forwards the CMS's webhooks to the edge and records both sides. It
// listens before the edge does, because the CMS must know its address first.
type relay struct {
	listener net.Listener
	server   *http.Server

	mu         sync.Mutex
	target     string
	deliveries []delivery
	active     int
	last       time.Time // of the last change
}

func newRelay() (*relay, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the relay: %w", err)
	}
	r := &relay{listener: listener}
	r.server = &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second}
	go r.server.Serve(listener) // until close
	return r, nil
}

// url is where the CMS sends its webhooks.
func (r *relay) url() string { return "http://" + r.listener.Addr().String() }

func (r *relay) close() error { return r.server.Close() }

// forwardTo sets the URL of the edge's hook.
func (r *relay) forwardTo(url string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.target = url
}

func (r *relay) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.mu.Lock()
	target := r.target
	r.active++
	r.mu.Unlock()
	d, answer, err := forward(request, target)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.active--
	r.last = time.Now()
	r.deliveries = append(r.deliveries, d)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(d.status)
	w.Write(answer) // the CMS may have gone
}

// forward sends a webhook to the edge and returns its answer.
func forward(request *http.Request, target string) (delivery, []byte, error) {
	d := delivery{header: request.Header.Clone()}
	var err error
	if d.body, err = io.ReadAll(io.LimitReader(request.Body, 8<<20)); err != nil {
		return d, nil, err
	}
	onward, err := http.NewRequestWithContext(request.Context(), request.Method, target, bytes.NewReader(d.body))
	if err != nil {
		return d, nil, err
	}
	onward.Header = d.header
	response, err := client.Do(onward)
	if err != nil {
		return d, nil, err
	}
	defer response.Body.Close()
	d.status = response.StatusCode
	answer, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err == nil {
		err = json.Unmarshal(answer, &d.purge)
	}
	return d, answer, err
}

// clear forgets what has been delivered.
func (r *relay) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.deliveries = nil
}

// settle waits until no webhook has come for a while, and returns those that
// have. One that the edge did not accept is an error.
func (r *relay) settle(ctx context.Context) ([]delivery, error) {
	const pause, quiet = 20 * time.Millisecond, 400 * time.Millisecond
	for begin := time.Now(); ; {
		r.mu.Lock()
		idle := r.active == 0 && time.Since(r.last) > quiet && time.Since(begin) > quiet
		got := r.deliveries
		r.mu.Unlock()
		if idle {
			for _, d := range got {
				if d.status != http.StatusOK && d.status != http.StatusAccepted {
					return nil, fmt.Errorf("the hook answered %d to %s", d.status, d.body)
				}
			}
			return got, nil
		}
		if time.Since(begin) > time.Minute {
			return nil, fmt.Errorf("webhooks have come for a minute, %d of them", len(got))
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}
