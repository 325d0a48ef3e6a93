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
	"sync"
	"time"

	"larder/bench/loadgen"
	"larder/internal/local"
)

// purgeToken is the one in fastly.toml, for local use.
const purgeToken = "local-purge-token"

// bench is a Larder in front of an origin.
type bench struct {
	edge   *local.Edge
	origin *origin
	client *http.Client
}

// row is what a cell has measured.
type row struct {
	latency        time.Duration
	edits          float64 // a second, as they came out
	page, list     outcome
	statusOfPurges map[int]int
}

// outcome is what the clients of one URL got, and how often the origin was
// asked for it.
type outcome struct {
	times    []time.Duration
	hits     int
	statuses map[int]int // 0 for requests without a response
	fetches  int64
	atOnce   int64 // fetches at the same time
}

func measure(ctx context.Context, out io.Writer, root string, p plan) (rows []row, err error) {
	dir, err := os.MkdirTemp("", "larder-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	o := &origin{}
	server := httptest.NewServer(o)
	defer server.Close()
	wasm, err := local.Build(ctx, local.BuildOptions{Dir: dir, ConfigFile: filepath.Join(root, "bench", "bulkimport", "larder.json")})
	if err != nil {
		return nil, err
	}
	edge, err := local.Start(ctx, local.Options{Wasm: wasm, Backends: map[string]string{"primary": server.URL}, Log: io.Discard})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, edge.Close()) }()
	b := &bench{edge, o, loadgen.Client(time.Minute)}
	for _, latency := range p.latencies {
		for _, rate := range p.rates {
			fmt.Fprintf(out, "origin takes %v, %v edits a second: %v\n", latency, rate, time.Duration(float64(p.edits)/rate*float64(time.Second)))
			row, err := b.cell(ctx, p, latency, rate, fmt.Sprintf("cell-%d", len(rows)))
			if err != nil {
				return nil, err
			}
			rows = append(rows, row)
		}
	}
	return rows, ctx.Err()
}

// cell edits the page and the list, and then imports beside the requests for
// them.
func (b *bench) cell(ctx context.Context, p plan, latency time.Duration, rate float64, name string) (row, error) {
	page, list := "/pages/"+name+"/", "/lists/"+name+"/"
	b.origin.reset(0)
	for _, path := range []string{page, list} {
		if status, _, err := b.do(ctx, http.MethodGet, path, ""); err != nil || status != http.StatusOK {
			return row{}, fmt.Errorf("fill the cache with %s: status %d, %w", path, status, err)
		}
	}
	if status, _, err := b.do(ctx, http.MethodPost, "/_larder/purge", `{"keys":["item:`+name+`","list:`+name+`"]}`); err != nil || status != http.StatusOK {
		return row{}, fmt.Errorf("purge: status %d, %w", status, err)
	}
	b.origin.reset(latency)

	r := row{latency: latency, statusOfPurges: map[int]int{}}
	ended := make(chan struct{})
	var clients sync.WaitGroup
	clients.Go(func() { r.page = b.request(ctx, page, p.requests, ended) })
	clients.Go(func() { r.list = b.request(ctx, list, p.requests, ended) })
	began := time.Now()
	tick := time.NewTicker(time.Duration(float64(time.Second) / rate))
	defer tick.Stop()
	for i := range p.edits {
		status, _, err := b.do(ctx, http.MethodPost, "/_larder/purge", fmt.Sprintf(`{"keys":["item:imported-%s-%d"]}`, name, i))
		if err != nil {
			status = 0
		}
		r.statusOfPurges[status]++
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	r.edits = float64(p.edits) / time.Since(began).Seconds()
	close(ended)
	clients.Wait()
	r.page.fetches, r.list.fetches = b.origin.page.Load(), b.origin.list.Load()
	r.page.atOnce, r.list.atOnce = b.origin.atOnce[0].Load(), b.origin.atOnce[1].Load()
	return r, ctx.Err()
}

// request sends so many requests a second, whether or not those before have
// been answered, until ended is closed. It returns once all are answered.
func (b *bench) request(ctx context.Context, path string, perSecond int, ended <-chan struct{}) outcome {
	got := outcome{statuses: map[int]int{}}
	var mu sync.Mutex
	var group sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(perSecond))
	defer tick.Stop()
	for {
		group.Go(func() {
			began := time.Now()
			status, hit, err := b.do(ctx, http.MethodGet, path, "")
			took := time.Since(began)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				status = 0
			}
			got.times = append(got.times, took)
			got.statuses[status]++
			if hit {
				got.hits++
			}
		})
		select {
		case <-tick.C:
		case <-ended:
			group.Wait()
			return got
		case <-ctx.Done():
			group.Wait()
			return got
		}
	}
}

// do sends a request, and reports the status and whether the cache answered.
func (b *bench) do(ctx context.Context, method, path, body string) (status int, hit bool, err error) {
	request, err := http.NewRequestWithContext(ctx, method, b.edge.URL()+path, strings.NewReader(body))
	if err != nil {
		return 0, false, err
	}
	if method == http.MethodPost {
		request.Header.Set("Authorization", "Bearer "+purgeToken)
	}
	response, err := b.client.Do(request)
	if err != nil {
		return 0, false, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, strings.Contains(response.Header.Get("Cache-Status"), "; hit"), err
}
