package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"larder/bench/loadgen"
	"larder/internal/local"
)

// body of every response, 4 KB as in hitpath.
var body = strings.Repeat("Keeps well in a cool and dry place. ", 114)[:4096]

// source is an origin that hangs on demand.
type source struct {
	*httptest.Server
	hangs   atomic.Bool
	fetches atomic.Int64
	end     chan struct{} // closed when the source stops
}

func newSource() *source {
	s := &source{end: make(chan struct{})}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fetches.Add(1)
		if s.hangs.Load() {
			select {
			case <-r.Context().Done():
			case <-s.end:
			}
			return
		}
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, body) // the edge may have disconnected
	}))
	return s
}

func (s *source) stop() {
	close(s.end)
	s.CloseClientConnections()
	s.Close()
}

// bed holds the programs to measure: an edge in front of a healthy origin, and
// one in front of origins that will hang.
type bed struct {
	dir                      string
	healthy, hanging         *source
	healthyEdge, failingEdge *local.Edge
}

func start(ctx context.Context, root string) (b *bed, err error) {
	b = &bed{healthy: newSource(), hanging: newSource()}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.stop())
		}
	}()
	if b.dir, err = os.MkdirTemp("", "larder-bench-"); err != nil {
		return b, err
	}
	wasm, err := local.Build(ctx, local.BuildOptions{Dir: b.dir, ConfigFile: filepath.Join(root, "bench", "outage", "larder.json")})
	if err != nil {
		return b, err
	}
	edge := func(s *source) (*local.Edge, error) {
		return local.Start(ctx, local.Options{Wasm: wasm, Backends: map[string]string{"primary": s.URL, "standby": s.URL}, Log: io.Discard})
	}
	if b.healthyEdge, err = edge(b.healthy); err != nil {
		return b, err
	}
	b.failingEdge, err = edge(b.hanging)
	return b, err
}

func (b *bed) stop() error {
	var errs []error
	for _, e := range []*local.Edge{b.healthyEdge, b.failingEdge} {
		if e != nil {
			errs = append(errs, e.Close())
		}
	}
	b.healthy.stop()
	b.hanging.stop()
	if b.dir != "" {
		errs = append(errs, os.RemoveAll(b.dir))
	}
	return errors.Join(errs...)
}

func target(e *local.Edge, path string) loadgen.Target {
	return loadgen.Target{Address: e.Address(), Path: path, Body: len(body)}
}

// fill makes an edge store every path.
func fill(ctx context.Context, e *local.Edge) error {
	paths := []string{freshPath, stalePath, behindPath}
	for i := range openers {
		paths = append(paths, openerPath(i))
	}
	for _, path := range paths {
		if _, err := loadgen.Run(ctx, target(e, path), 1, 100*time.Millisecond); err != nil {
			return fmt.Errorf("fill the cache: %w", err)
		}
	}
	return nil
}
