package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
)

// errNoOrigin means that the suite's server ended before it listened.
var errNoOrigin = errors.New("the suite's server did not start")

// origin is the suite's server. It ends when its standard input is closed, so
// that it cannot outlive this program.
type origin struct {
	cmd   *exec.Cmd
	stdin io.Closer
	url   string
	ended chan struct{} // closed at the end of its output
}

// startOrigin starts the server on a free loopback port and returns once it
// listens. The server ends with ctx, or at close.
func (s suite) startOrigin(ctx context.Context) (*origin, error) {
	script, err := filepath.Abs(filepath.Join(s.dir, "origin.mjs"))
	if err != nil {
		return nil, fmt.Errorf("start the suite's server: %w", err)
	}
	node := exec.CommandContext(ctx, "node", script)
	// The server serves the files in its working directory.
	node.Dir = filepath.Join(s.dir, "node_modules", "http-cache-tests")
	node.WaitDelay = endWithin
	node.Stderr = s.log
	stdin, err := node.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the suite's server: %w", err)
	}
	stdout, err := node.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the suite's server: %w", err)
	}
	if err := node.Start(); err != nil {
		return nil, fmt.Errorf("start the suite's server: %w", err)
	}
	running := &origin{cmd: node, stdin: stdin, ended: make(chan struct{})}
	output := bufio.NewScanner(stdout)
	for running.url == "" && output.Scan() {
		_, address, _ := strings.Cut(output.Text(), "Listening on ")
		running.url = strings.TrimSuffix(address, "/")
	}
	go func() {
		defer close(running.ended)
		for output.Scan() {
			fmt.Fprintln(s.log, output.Text())
		}
	}()
	if running.url == "" {
		return nil, errors.Join(errNoOrigin, running.close())
	}
	return running, nil
}

// close stops the server and waits until it has ended.
func (o *origin) close() error {
	err := o.stdin.Close()
	<-o.ended
	return errors.Join(err, o.cmd.Wait())
}
