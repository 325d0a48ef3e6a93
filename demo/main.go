// Command demo serves a small content API in the shapes of ButterCMS v2, to run
// Larder against. It prints {"addr":"host:port"} when it listens, and stops
// cleanly on SIGINT and SIGTERM. It is for loopback: its tokens are public and
// /_demo/ is open. Package contentapi says what it serves.
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
