package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"

	"larder/bench/hello"
	"larder/bench/loadgen"
	"larder/internal/local"
)

// Names of the programs, as reports show them.
const (
	larder    = "Larder, a hit"
	serveMany = "hello-world, ServeMany"
	serveFunc = "hello-world, ServeFunc"
)

// subject is a running program and the URL to request from it.
type subject struct {
	Name string `json:"name"`
	Raw  int    `json:"wasm_bytes"`
	Gzip int    `json:"wasm_gzip_bytes"`

	target loadgen.Target
	edge   *local.Edge
}

// startSubjects builds and starts the programs, and makes sure that Larder has
// stored its response. The returned function stops them all.
func startSubjects(ctx context.Context) ([]subject, func() error, error) {
	dir, err := os.MkdirTemp("", "larder-bench-")
	if err != nil {
		return nil, nil, err
	}
	source := &origin{}
	server := httptest.NewServer(source)
	var subjects []subject
	stop := func() error {
		errs := []error{os.RemoveAll(dir)}
		for _, s := range subjects {
			errs = append(errs, s.edge.Close())
		}
		server.Close()
		return errors.Join(errs...)
	}

	for _, program := range []struct{ name, pkg, path string }{
		{larder, ".", itemPath},
		{serveMany, "./bench/hello/servemany", "/"},
		{serveFunc, "./bench/hello/servefunc", "/"},
	} {
		s, err := startSubject(ctx, filepath.Join(dir, filepath.Base(program.pkg)), program.pkg, server.URL)
		if err != nil {
			return nil, nil, errors.Join(err, stop())
		}
		s.Name = program.name
		s.target = loadgen.Target{Address: s.edge.Address(), Path: program.path, Body: hello.BodySize}
		subjects = append(subjects, s)
	}
	if err := warm(ctx, subjects[0], source); err != nil {
		return nil, nil, errors.Join(err, stop())
	}
	return subjects, stop, nil
}

func startSubject(ctx context.Context, dir, pkg, origin string) (subject, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return subject{}, err
	}
	wasm, err := local.Build(ctx, local.BuildOptions{Package: pkg, Dir: dir})
	if err != nil {
		return subject{}, err
	}
	raw, gzipped, err := sizes(wasm)
	if err != nil {
		return subject{}, err
	}
	edge, err := local.Start(ctx, local.Options{
		Wasm:     wasm,
		Backends: map[string]string{"primary": origin, "standby": origin},
		Log:      os.Stderr,
	})
	return subject{Raw: raw, Gzip: gzipped, edge: edge}, err
}

// sizes returns a file's size in bytes, uncompressed and with gzip -9.
func sizes(path string) (raw, gzipped int, err error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return 0, 0, err
	}
	var packed bytes.Buffer
	writer, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return 0, 0, err
	}
	_, err = writer.Write(content)
	return len(content), packed.Len(), errors.Join(err, writer.Close())
}

// warm sends requests to Larder until none reaches the origin, so that only hits
// are measured.
func warm(ctx context.Context, s subject, source *origin) error {
	const attempts = 5
	for range attempts {
		before := source.requests.Load()
		if _, err := loadgen.Run(ctx, s.target, 1, warmUp); err != nil {
			return err
		}
		if source.requests.Load() == before {
			return nil
		}
	}
	return fmt.Errorf("larder does not store %s: requests still reach the origin", s.target.Path)
}
