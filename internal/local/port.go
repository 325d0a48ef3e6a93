package local

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"syscall"
)

// Ports are chosen below the ranges for outgoing connections of Linux (from
// 32768) and macOS (from 49152). A client that keeps dialling a closed port
// inside such a range eventually gets that port as its own and connects to
// itself.
const (
	firstPort = 20000
	lastPort  = 29999
	tries     = 50
)

// FreeAddress returns a free loopback address. Another program may take it
// before the caller does; then call it again.
func FreeAddress() (string, error) {
	for range tries {
		port := firstPort + rand.IntN(lastPort-firstPort+1)
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		if CheckFree(address) == nil {
			return address, nil
		}
	}
	return "", fmt.Errorf("find a free port from %d to %d: %w", firstPort, lastPort, ErrAddressInUse)
}

// CheckFree returns an error that wraps ErrAddressInUse if a program listens on
// address, a host and a port. Its message is better than that of a program that
// fails to listen: Viceroy's is a crash report.
func CheckFree(address string) error {
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s: %w", address, ErrAddressInUse)
	}
	if err != nil {
		return fmt.Errorf("listen on %s: %w", address, err)
	}
	return listener.Close()
}
