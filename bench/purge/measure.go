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
	"sync/atomic"
	"time"

	"larder/bench/loadgen"
	"larder/internal/local"
)

const (
	purgeToken = "local-purge-token" // as in fastly.toml
	hookSecret = "a-secret-for-every-hook"
)

// results of a run.
type results struct {
	rows  []row
	hooks []hookRow
}

// row is what edits took with so many entries in the cache.
type row struct {
	entries int
	// hit, purge and miss are parts: a request without a purge, the purge itself,
	// and the request after it. fresh is both of the latter.
	hit, purge, miss, fresh []time.Duration
}

// bench is a Larder in front of an origin.
type bench struct {
	edge   *local.Edge
	client *http.Client
	// version is what the origin's responses show.
	version atomic.Int64
}

func measure(ctx context.Context, out io.Writer, root string, sizes []int, edits int) (res results, err error) {
	dir, err := os.MkdirTemp("", "larder-bench-")
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &bench{client: loadgen.Client(time.Minute)}
	origin := httptest.NewServer(http.HandlerFunc(b.origin))
	defer origin.Close()
	wasm, err := local.Build(ctx, local.BuildOptions{Dir: dir, ConfigFile: filepath.Join(root, "bench", "purge", "larder.json")})
	if err != nil {
		return res, err
	}
	b.edge, err = local.Start(ctx, local.Options{
		Wasm: wasm, Backends: map[string]string{"primary": origin.URL}, Log: io.Discard,
		Edit: func(server map[string]any) {
			secret := `{"purge_tokens":["` + purgeToken + `"],"hooks":{"blog":"` + hookSecret + `","cms":"` + hookSecret + `","site":"` + hookSecret + `","static":"` + hookSecret + `"}}`
			server["secret_stores"] = map[string]any{"larder_secrets": []map[string]any{{"key": "larder", "data": secret}}}
		},
	})
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, b.edge.Close()) }()
	if res.hooks, err = b.measureHooks(ctx, edits); err != nil {
		return res, err
	}
	filled := 0
	for _, size := range sizes {
		fmt.Fprintf(out, "%d entries\n", size)
		if err := b.fill(ctx, filled, size); err != nil {
			return res, err
		}
		filled = max(filled, size)
		row, err := b.measureEdits(ctx, size, edits)
		if err != nil {
			return res, err
		}
		res.rows = append(res.rows, row)
	}
	return res, ctx.Err()
}

// origin answers with the item that the path names, in its latest version.
func (b *bench) origin(w http.ResponseWriter, r *http.Request) {
	slug := strings.Trim(strings.TrimPrefix(r.URL.Path, "/items/"), "/")
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"data":{"slug":%q,"version":%d},"text":%q}`, slug, b.version.Load(), strings.Repeat("tea ", 1000))
}

// fill requests the items up to a number, with a few connections.
func (b *bench) fill(ctx context.Context, from, to int) error {
	const connections = 8
	var group sync.WaitGroup
	errs := make([]error, connections)
	for c := range connections {
		group.Go(func() {
			for i := from + c; i < to && errs[c] == nil; i += connections {
				_, errs[c] = b.get(ctx, i)
			}
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

// measureEdits edits item 0 again and again, which the cache has.
func (b *bench) measureEdits(ctx context.Context, entries, edits int) (row, error) {
	r := row{entries: entries}
	for range edits {
		if ctx.Err() != nil {
			return r, ctx.Err()
		}
		began := time.Now()
		if _, err := b.get(ctx, 0); err != nil {
			return r, err
		}
		hit := time.Since(began)
		version := fmt.Sprintf(`"version":%d}`, b.version.Add(1))
		began = time.Now()
		if err := b.purge(ctx); err != nil {
			return r, err
		}
		purged := time.Since(began)
		body, err := b.get(ctx, 0)
		if err != nil {
			return r, err
		}
		fresh := time.Since(began)
		if !strings.Contains(body, version) {
			return r, fmt.Errorf("the first response after a purge is old: want %s; got %.80s", version, body)
		}
		r.hit, r.purge, r.miss, r.fresh = append(r.hit, hit), append(r.purge, purged), append(r.miss, fresh-purged), append(r.fresh, fresh)
	}
	return r, nil
}

func (b *bench) get(ctx context.Context, item int) (body string, err error) {
	status, body, err := b.do(ctx, http.MethodGet, fmt.Sprintf("/items/n%d/", item), "", nil)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("item %d: status %d", item, status)
	}
	return body, err
}

func (b *bench) purge(ctx context.Context) error {
	status, body, err := b.do(ctx, http.MethodPost, "/_larder/purge", `{"keys":["item:n0"]}`, http.Header{"Authorization": {"Bearer " + purgeToken}})
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("purge: status %d: %s", status, body)
	}
	return err
}

func (b *bench) do(ctx context.Context, method, path, body string, header http.Header) (status int, answer string, err error) {
	request, err := http.NewRequestWithContext(ctx, method, b.edge.URL()+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	for name, values := range header {
		request.Header[name] = values
	}
	response, err := b.client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	return response.StatusCode, string(data), err
}
