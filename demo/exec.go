package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"larder/demo/content"
	"larder/demo/contentapi"
	"larder/demo/site"
)

// How long requests and announcements may take after the program is stopped.
const (
	shutdownTime = time.Second
	announceTime = 5 * time.Second
)

// exec runs the program until ctx is done.
func exec(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	settings, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	store, err := contentapi.Open(settings.database, content.Files())
	if err != nil {
		return err
	}
	api := contentapi.New(store, contentapi.Options{
		Standby: settings.standby,
		Targets: settings.targets(),
		Site:    site.Files(),
		Log:     slog.New(slog.NewTextHandler(stderr, nil)),
	})
	return errors.Join(serve(ctx, settings.addr, api, stdout), closeAPI(api), store.Close())
}

// serve listens, prints the address, and serves until ctx is done.
func serve(ctx context.Context, addr string, handler http.Handler, stdout io.Writer) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(stdout).Encode(map[string]string{"addr": listener.Addr().String()}); err != nil {
		return errors.Join(fmt.Errorf("print the address: %w", err), listener.Close())
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		// Requests that hang because of a fault end with ctx.
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	select {
	case err := <-stopped:
		return err
	case <-ctx.Done():
	}
	limit, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	if err := server.Shutdown(limit); err != nil {
		return server.Close() // browsers open connections in advance
	}
	return nil
}

// closeAPI sends the remaining announcements.
func closeAPI(api *contentapi.Server) error {
	limit, cancel := context.WithTimeout(context.Background(), announceTime)
	defer cancel()
	return api.Close(limit)
}
