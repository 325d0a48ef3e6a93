// Command serve runs Larder on this machine: a demo content API, a standby, and
// the built Wasm in Viceroy in front of both. With CONFIG or ORIGIN in the
// environment it runs a configuration of the user's before the user's own API.
// `make serve` calls it. Ctrl-C stops everything.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, os.Getenv, os.Stdin, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends, which is not an error, or the edge ends, which is
// one. A line on in restarts killed origins.
func run(ctx context.Context, env func(string) string, in io.Reader, out io.Writer) error {
	own, ok, err := newOwnAPI(env, out)
	if err != nil {
		return err
	}
	if ok {
		if own.address, err = chooseAddress(env, edgePort); err != nil {
			return err
		}
		return ignoreInterrupt(ctx, own.serve(ctx))
	}
	return runDemo(ctx, env, in, out)
}

// ignoreInterrupt returns nil if ctx has ended: err only says that the work was
// interrupted.
func ignoreInterrupt(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// runDemo serves the demo.
func runDemo(ctx context.Context, env func(string) string, in io.Reader, out io.Writer) error {
	at, err := chooseAddresses(env)
	if err != nil {
		return err
	}
	running, err := start(ctx, at, out)
	if err != nil {
		return ignoreInterrupt(ctx, err)
	}
	if err := running.greet(ctx, out); err != nil {
		return errors.Join(err, running.close())
	}
	err = running.wait(ctx, in, out)
	fmt.Fprintln(out, "stopping everything")
	return errors.Join(err, running.close())
}

// wait serves until ctx or the edge ends.
func (s *stack) wait(ctx context.Context, in io.Reader, out io.Writer) error {
	enter := make(chan struct{})
	go func() {
		// Ends with the input or with the program.
		for scanner := bufio.NewScanner(in); scanner.Scan(); {
			select {
			case enter <- struct{}{}:
			case <-ctx.Done():
				return
			}
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-enter:
			s.restart(ctx, out)
		case <-s.edge.Done():
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("the edge ended by itself\n%s", s.edge.Output())
		}
	}
}
