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
	"time"

	"larder/bench/loadgen"
	"larder/internal/local"
)

// subject is where a client may get the document from.
type subject struct{ name, url string }

// start starts the origin and the two programs in front of it. The function it
// returns stops them, after an error too.
func start(ctx context.Context, root string, o options) (subjects []subject, stop func() error, err error) {
	server := httptest.NewServer(newOrigin(o))
	closers := []func() error{func() error { server.Close(); return nil }}
	stop = func() error {
		var errs []error
		for i := range closers {
			errs = append(errs, closers[len(closers)-1-i]())
		}
		return errors.Join(errs...)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, stop())
		}
	}()
	dir, err := os.MkdirTemp("", "larder-bench-")
	if err != nil {
		return nil, stop, err
	}
	closers = append(closers, func() error { return os.RemoveAll(dir) })
	subjects = []subject{{"the origin itself", server.URL}}
	for _, program := range []struct {
		name  string
		build local.BuildOptions
	}{
		{"a pass-through program", local.BuildOptions{Package: "./bench/hello/passthrough"}},
		{"Larder", local.BuildOptions{ConfigFile: filepath.Join(root, "bench", "large", "larder.json")}},
	} {
		if program.build.Dir, err = os.MkdirTemp(dir, "wasm-"); err != nil {
			return nil, stop, err
		}
		wasm, err := local.Build(ctx, program.build)
		if err != nil {
			return nil, stop, err
		}
		edge, err := local.Start(ctx, local.Options{Wasm: wasm, Backends: map[string]string{"primary": server.URL}, Log: os.Stderr})
		if err != nil {
			return nil, stop, err
		}
		closers = append(closers, edge.Close)
		subjects = append(subjects, subject{program.name, edge.URL()})
	}
	return subjects, stop, nil
}

// kind is a kind of request.
type kind struct {
	name, method, ranges string
	status               int
	// length is the response's body, where it is not the whole document.
	length int
	// stored says that the document is in the cache already.
	stored bool
}

const partSize = 1000

func kinds() []kind {
	return []kind{
		{name: "GET", method: http.MethodGet, status: http.StatusOK, length: -1},
		{name: "HEAD", method: http.MethodHead, status: http.StatusOK},
		{name: "Range, the first kilobyte", method: http.MethodGet, ranges: "bytes=0-999", status: http.StatusPartialContent, length: partSize},
		{name: "Range, the last kilobyte", method: http.MethodGet, ranges: "bytes=-1000", status: http.StatusPartialContent, length: partSize},
		{name: "GET once it is stored", method: http.MethodGet, status: http.StatusOK, length: -1, stored: true},
	}
}

// row is what a subject took for a kind of request, as medians.
type row struct {
	kind, subject    string
	firstByte, total time.Duration
}

// measure lets the subjects take turns. Every request is for a new path, so
// that nothing is in a cache unless the kind says so.
func measure(ctx context.Context, subjects []subject, o options) ([]row, error) {
	client := loadgen.Client(time.Minute)
	var rows []row
	for k, kind := range kinds() {
		firsts, totals := make([][]time.Duration, len(subjects)), make([][]time.Duration, len(subjects))
		for round := range o.rounds {
			for i, s := range subjects {
				url := fmt.Sprintf("%s/large/%d-%d/", s.url, k, round)
				if kind.stored {
					if _, _, err := once(ctx, client, url, kind, o.size); err != nil {
						return nil, fmt.Errorf("%s, %s: %w", kind.name, s.name, err)
					}
				}
				first, total, err := once(ctx, client, url, kind, o.size)
				if err != nil {
					return nil, fmt.Errorf("%s, %s: %w", kind.name, s.name, err)
				}
				firsts[i], totals[i] = append(firsts[i], first), append(totals[i], total)
			}
		}
		for i, s := range subjects {
			rows = append(rows, row{kind.name, s.name, loadgen.Percentile(firsts[i], 50), loadgen.Percentile(totals[i], 50)})
		}
	}
	return rows, nil
}

// once sends a request and returns when the first byte of the body (of the
// header, where there is no body) came, and the last one.
func once(ctx context.Context, client *http.Client, url string, k kind, size int) (first, total time.Duration, err error) {
	request, err := http.NewRequestWithContext(ctx, k.method, url, nil)
	if err != nil {
		return 0, 0, err
	}
	if k.ranges != "" {
		request.Header.Set("Range", k.ranges)
	}
	began := time.Now()
	response, err := client.Do(request)
	if err != nil {
		return 0, 0, err
	}
	defer response.Body.Close()
	length := k.length
	if length < 0 {
		length = size
	}
	received := int64(0)
	if length > 0 {
		if _, err := io.ReadFull(response.Body, make([]byte, 1)); err != nil {
			return 0, 0, fmt.Errorf("%s: %w", response.Status, err)
		}
		received = 1
	}
	first = time.Since(began)
	more, err := io.Copy(io.Discard, response.Body)
	received += more
	if err == nil && (response.StatusCode != k.status || received != int64(length)) {
		err = fmt.Errorf("%s with %d bytes, want %d bytes", response.Status, received, length)
	}
	return first, time.Since(began), err
}
