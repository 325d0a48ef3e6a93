package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// demoPackage is the demo content API's program.
const demoPackage = "./demo"

// DemoOptions configures a demo content API. The zero value is a primary origin
// on a free port that sends no purges.
type DemoOptions struct {
	// Binary is the program's path, as [BuildDemo] returns it; "" builds it.
	Binary string
	// Name is the prefix of log lines; "" means demo.
	Name string
	// Address is the host and port to listen on; "" means a free loopback port.
	Address string
	// Flags are added to the program's own.
	Flags []string
	// Log receives the program's output line by line; nil discards it.
	Log io.Writer
}

// Demo is a running demo content API. Its content lives in a database file
// that survives Kill and is removed by Close.
type Demo struct {
	options DemoOptions
	process *process
	address string
	dir     string
}

// BuildDemo compiles the demo content API into dir and returns its path.
func BuildDemo(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "demo-api")
	return binary, buildNative(ctx, binary, demoPackage)
}

// StartDemo runs a demo content API and returns once it accepts connections.
// It ends with ctx, or at Close.
func StartDemo(ctx context.Context, options DemoOptions) (*Demo, error) {
	dir, err := os.MkdirTemp("", "larder-demo-")
	if err != nil {
		return nil, fmt.Errorf("start the demo: %w", err)
	}
	demo := &Demo{options: options, dir: dir}
	if err := demo.startFirst(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return demo, nil
}

func (d *Demo) startFirst(ctx context.Context) error {
	if d.options.Name == "" {
		d.options.Name = "demo"
	}
	if d.options.Binary == "" {
		binary, err := BuildDemo(ctx, d.dir)
		if err != nil {
			return err
		}
		d.options.Binary = binary
	}
	if d.options.Address != "" {
		d.address = d.options.Address
		return d.Restart(ctx)
	}
	for range tries {
		address, err := FreeAddress()
		if err != nil {
			return err
		}
		d.address = address
		// Another program may have taken the port in the meantime.
		if err := d.Restart(ctx); !errors.Is(err, ErrAddressInUse) {
			return err
		}
	}
	return fmt.Errorf("start %s: %w", d.options.Name, ErrAddressInUse)
}

// Restart starts the program again, on the same address and with the same
// content. Call it after Kill. The new process ends with ctx.
func (d *Demo) Restart(ctx context.Context) error {
	if err := CheckFree(d.address); err != nil {
		return fmt.Errorf("start %s: %w", d.options.Name, err)
	}
	args := []string{"-addr", d.address, "-db", filepath.Join(d.dir, "content.db")}
	running, address, err := program{
		name:      d.options.Name,
		path:      d.options.Binary,
		args:      append(args, d.options.Flags...),
		dir:       d.dir,
		log:       d.options.Log,
		announced: demoListens,
	}.start(ctx)
	if err != nil {
		return err
	}
	d.process, d.address = running, address
	return nil
}

// demoListens recognises the JSON line in which the demo reports its address.
func demoListens(line string) (string, bool) {
	var ready struct {
		Addr string `json:"addr"`
	}
	if json.Unmarshal([]byte(line), &ready) != nil {
		return "", false
	}
	return ready.Addr, ready.Addr != ""
}

// URL returns the API's base URL, without a trailing slash.
func (d *Demo) URL() string { return "http://" + d.address }

// Address returns the host and port of the API, also while it is not running.
func (d *Demo) Address() string { return d.address }

// PID returns the process ID of the program.
func (d *Demo) PID() int { return d.process.pid() }

// Done returns a channel that is closed when the current process has ended.
func (d *Demo) Done() <-chan struct{} { return d.process.done }

// Output returns the program's last lines of output, to explain a failure.
func (d *Demo) Output() string { return d.process.output.tail() }

// Kill ends the program like a crash: open connections are reset and its port
// refuses new ones.
func (d *Demo) Kill() { d.process.kill() }

// Close stops the program, waits until it has ended and removes its content. It
// may be called more than once, and after Kill.
func (d *Demo) Close() error {
	d.process.stop()
	return os.RemoveAll(d.dir)
}
