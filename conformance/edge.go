package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"larder/internal/local"
)

// timeout bounds a run of the suite. It usually takes about a minute, mostly for
// the cases' pauses of three seconds.
const timeout = 3 * time.Minute

var (
	errSlow    = fmt.Errorf("the suite took more than %v", timeout)
	errEdgeEnd = errors.New("the edge ended by itself")
)

// withEdge calls use with the URL of an edge that follows the origin, in front
// of the suite's server. It stops both afterwards.
func withEdge(ctx context.Context, client suite, use func(ctx context.Context, base string) error) (err error) {
	wasm, remove, err := buildFollower(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()

	server, err := client.startOrigin(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.close()) }()
	edge, err := local.Start(ctx, local.Options{
		Wasm:     wasm,
		Backends: map[string]string{"primary": server.url},
		Edit:     patient,
		Log:      client.log,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, edge.Close()) }()

	ctx, cancel := context.WithTimeoutCause(ctx, timeout, errSlow)
	defer cancel()
	err = use(ctx, edge.URL())
	select {
	case <-edge.Done():
		return errors.Join(err, fmt.Errorf("%w\n%s", errEdgeEnd, edge.Output()))
	default:
		return err
	}
}

// patient raises the timeout between the bytes of a body: one case has a body
// that ends with its connection, which Node.js closes after five seconds.
func patient(server map[string]any) {
	backends, _ := server["backends"].(map[string]any) // without them nothing works
	for _, backend := range backends {
		if settings, ok := backend.(map[string]any); ok {
			settings["between_bytes_timeout_ms"] = 10_000
		}
	}
}

// buildFollower builds the Wasm with the preset that takes every lifetime from
// the origin. The caller must call remove.
func buildFollower(ctx context.Context) (wasm string, remove func() error, err error) {
	root, err := local.Root()
	if err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp("", "larder-conformance-")
	if err != nil {
		return "", nil, fmt.Errorf("build the edge: %w", err)
	}
	remove = func() error { return os.RemoveAll(dir) }
	wasm, err = local.Build(ctx, local.BuildOptions{ConfigFile: filepath.Join(root, "presets", "follow-origin.json"), Dir: dir})
	if err != nil {
		return "", nil, errors.Join(err, remove())
	}
	return wasm, remove, nil
}
