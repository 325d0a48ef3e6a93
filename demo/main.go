// Command demo serves a small content API with the data formats of ButterCMS v2,
// to run Larder against. It prints {"addr":"host:port"} once it listens and stops
// on SIGINT and SIGTERM. Use it on loopback only: its tokens are public and
// /_demo/ is open. Package contentapi documents the API.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := exec(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
