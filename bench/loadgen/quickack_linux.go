package loadgen

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

// Comparable reports whether results on this system are meaningful. Without
// TCP_QUICKACK they mostly show delayed acknowledgements.
const Comparable = true

var errNotTCP = errors.New("not a TCP connection")

// quickAcks returns a reader for connection that acknowledges at once.
func quickAcks(connection net.Conn) (io.Reader, error) {
	tcp, ok := connection.(*net.TCPConn)
	if !ok {
		return nil, errNotTCP
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("reach the socket: %w", err)
	}
	return &quickReader{tcp, raw}, nil
}

type quickReader struct {
	connection *net.TCPConn
	raw        syscall.RawConn
}

// Read sets TCP_QUICKACK each time, because the kernel resets it (tcp(7)).
func (q *quickReader) Read(p []byte) (int, error) {
	var failed error
	err := q.raw.Control(func(descriptor uintptr) {
		failed = syscall.SetsockoptInt(int(descriptor), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1)
	})
	if err = errors.Join(err, os.NewSyscallError("setsockopt", failed)); err != nil {
		return 0, err
	}
	return q.connection.Read(p)
}
