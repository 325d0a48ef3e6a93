package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Options configures an edge. Only Wasm is required.
type Options struct {
	// Wasm is the program's path, as [Build] returns it.
	Wasm string
	// Address is the host and port to listen on; "" means a free loopback port.
	Address string
	// Backends maps names of backends to URLs. They replace those in the
	// repository's fastly.toml, whose stores and timeouts stay. Other names are
	// added.
	Backends map[string]string
	// Edit, unless nil, may change Viceroy's [local_server] table, after
	// Backends has been applied.
	Edit func(server map[string]any)
	// Log receives the edge's output line by line, each with a prefix; nil
	// discards it. It must be safe for concurrent use if it is shared.
	Log io.Writer
}

// Edge is a program running in Viceroy. Its cache and its stores are in memory.
type Edge struct {
	process *process
	address string
	dir     string
}

// Start runs a Wasm program in Viceroy and returns once it accepts connections.
// The edge ends with ctx, or at Close. The error may wrap ErrAddressInUse or
// ErrNotReady.
//
// Viceroy requests / from each backend before it listens, so count an origin's
// requests only after Start returns. A backend that hangs delays Start by five
// seconds.
func Start(ctx context.Context, options Options) (*Edge, error) {
	root, err := Root()
	if err != nil {
		return nil, err
	}
	viceroy, err := Viceroy(ctx, options.Log)
	if err != nil {
		return nil, err
	}
	wasm, err := filepath.Abs(options.Wasm)
	if err != nil {
		return nil, fmt.Errorf("start the edge: %w", err)
	}
	address := options.Address
	if address == "" {
		address = "127.0.0.1:0"
	}
	if err := CheckFree(address); err != nil {
		return nil, fmt.Errorf("start the edge: %w", err)
	}
	dir, err := os.MkdirTemp("", "larder-edge-")
	if err != nil {
		return nil, fmt.Errorf("start the edge: %w", err)
	}
	config, err := writeManifest(dir, filepath.Join(root, "fastly.toml"), options)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}

	running, listening, err := program{
		name: "edge",
		path: viceroy,
		args: []string{"serve", "-C", config, "--addr", address, wasm},
		dir:  root,
		// The info level of this module reports the port.
		env:       []string{"RUST_LOG=viceroy=error,viceroy_lib=error,viceroy_lib::service=info", "RUST_LOG_PRETTY=false"},
		log:       options.Log,
		announced: viceroyListens,
	}.start(ctx)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &Edge{process: running, address: listening, dir: dir}, nil
}

// viceroyListens recognises the line that Viceroy logs once its socket is bound.
func viceroyListens(line string) (string, bool) {
	_, address, ok := strings.Cut(line, "Listening on http://")
	return strings.TrimSpace(address), ok
}

// URL returns the edge's base URL, without a trailing slash.
func (e *Edge) URL() string { return "http://" + e.address }

// Address returns the host and port that the edge listens on.
func (e *Edge) Address() string { return e.address }

// PID returns Viceroy's process ID, for reading its memory and CPU use.
func (e *Edge) PID() int { return e.process.pid() }

// Done returns a channel that is closed when the edge has ended.
func (e *Edge) Done() <-chan struct{} { return e.process.done }

// Output returns the edge's last lines of output, to explain a failure.
func (e *Edge) Output() string { return e.process.output.tail() }

// Close stops the edge and waits until it has ended. It may be called more than
// once.
func (e *Edge) Close() error {
	e.process.stop()
	return os.RemoveAll(e.dir)
}
