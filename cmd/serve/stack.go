package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"larder/internal/local"
)

// purgeToken is the token in fastly.toml's secret store for local use.
const purgeToken = "local-purge-token"

// stack is the running programs.
type stack struct {
	dir             string
	origin, standby *local.Demo
	edge            *local.Edge
}

// start builds and starts everything. After an error nothing is left running.
func start(ctx context.Context, at addresses, out io.Writer) (*stack, error) {
	dir, err := os.MkdirTemp("", "larder-serve-")
	if err != nil {
		return nil, err
	}
	s := &stack{dir: dir}
	if err := s.start(ctx, at, out); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *stack) start(ctx context.Context, at addresses, out io.Writer) error {
	fmt.Fprintln(out, "building the demo content API")
	binary, err := local.BuildDemo(ctx, s.dir)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "building Larder to Wasm, with larder.json in it")
	wasm, err := local.Build(ctx, local.BuildOptions{Dir: s.dir})
	if err != nil {
		return err
	}

	fmt.Fprintln(out, "starting the origin, its standby and the edge")
	s.origin, err = local.StartDemo(ctx, local.DemoOptions{
		Binary:  binary,
		Name:    "origin",
		Address: at.origin,
		Flags:   []string{"-purge-url", "http://" + at.edge + "/_larder/purge", "-purge-token", purgeToken},
		Log:     out,
	})
	if err != nil {
		return err
	}
	s.standby, err = local.StartDemo(ctx, local.DemoOptions{
		Binary:  binary,
		Name:    "standby",
		Address: at.standby,
		Flags:   []string{"-standby"},
		Log:     out,
	})
	if err != nil {
		return err
	}
	s.edge, err = local.Start(ctx, local.Options{
		Wasm:     wasm,
		Address:  at.edge,
		Backends: map[string]string{"primary": s.origin.URL(), "standby": s.standby.URL()},
		Log:      out,
	})
	return err
}

// close stops everything that was started and removes the build.
func (s *stack) close() error {
	var errs []error
	if s.edge != nil {
		errs = append(errs, s.edge.Close())
	}
	for _, demo := range []*local.Demo{s.origin, s.standby} {
		if demo != nil {
			errs = append(errs, demo.Close())
		}
	}
	return errors.Join(append(errs, os.RemoveAll(s.dir))...)
}

// restart restarts the origins that were killed.
func (s *stack) restart(ctx context.Context, out io.Writer) {
	for _, demo := range []*local.Demo{s.origin, s.standby} {
		select {
		case <-demo.Done():
		default:
			continue
		}
		if err := demo.Restart(ctx); err != nil {
			fmt.Fprintln(out, "error:", err)
			continue
		}
		fmt.Fprintln(out, "running again:", demo.URL())
	}
}
