package local

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"syscall"
)

// Ports for origins that a test will kill are taken from below the ranges that
// Linux (32768 and up) and macOS (49152 and up) give to outgoing connections.
// A client that keeps dialling a dead port inside that range is one day given
// this very port as its own and connects to itself.
const (
	firstPort = 20000
	lastPort  = 29999
	tries     = 50
)

// FreeAddress returns a loopback address on which nobody listens. Another
// program may take it before the caller does, who must then ask again.
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

// CheckFree returns an error that wraps ErrAddressInUse if somebody listens on
// address, a host and a port. Asking first gives a better message than the
// program that stumbles over the taken port: Viceroy's is a crash report.
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
