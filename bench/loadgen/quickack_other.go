//go:build !linux

package loadgen

import (
	"io"
	"net"
)

// Comparable reports whether results on this system are meaningful. Without
// TCP_QUICKACK they mostly show delayed acknowledgements.
const Comparable = false

// quickAcks returns connection itself; TCP_QUICKACK only exists on Linux.
func quickAcks(connection net.Conn) (io.Reader, error) { return connection, nil }
