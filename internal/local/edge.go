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

// Options says what edge to run. Only Wasm is required.
type Options struct {
	// Wasm is the program's path, as [Build] returns it.
	Wasm string
	// Address is the host and port to listen on; "" means a free loopback port.
	Address string
	// Backends gives the URL per backend's name. It replaces the URLs in the
	// repository's fastly.toml, whose stores and time limits stay; a name that
	// is not there becomes a backend more.
	Backends map[string]string
	// Edit, unless nil, may change anything in the [local_server] table that
	// Viceroy gets, after Backends has been applied.
	Edit func(server map[string]any)
	// Log receives the edge's output line by line, each with a prefix; nil
	// discards it. It must allow concurrent use if others write to it.
	Log io.Writer
}

// Edge is a program running in Viceroy. Its cache and its stores live in memory
// and end with it.
type Edge struct {
	process *process
	address string
	dir     string
}

// Start runs a Wasm program in Viceroy and returns once it accepts connections.
// The edge ends with ctx, or at Close. The error wraps ErrAddressInUse or
// ErrNotReady where that was the cause.
//
// Viceroy itself asks each backend once for / before it listens, so whoever
// counts an origin's requests must begin after Start; an origin that hangs
// delays it by five seconds.
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
		// Only the listener's module may talk at this level: it tells the port.
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

// URL returns the edge's base URL, without a slash at its end.
func (e *Edge) URL() string { return "http://" + e.address }

// Address returns the host and port that the edge listens on.
func (e *Edge) Address() string { return e.address }

// PID returns Viceroy's process id, for reading its memory and CPU use.
func (e *Edge) PID() int { return e.process.pid() }

// Done is closed when the edge has ended, for whatever reason.
func (e *Edge) Done() <-chan struct{} { return e.process.done }

// Output returns the edge's last lines of output, to explain a failure.
func (e *Edge) Output() string { return e.process.output.tail() }

// Close stops the edge and waits for its end. It may be called more than once.
func (e *Edge) Close() error {
	e.process.stop()
	return os.RemoveAll(e.dir)
}
