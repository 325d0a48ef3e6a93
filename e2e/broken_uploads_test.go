package e2e

import (
	"fmt"
	"io"
	"net"
	"testing"
	"time"
)

// uploadAndHangUp sends a POST whose body is not whole, ends its side of the
// connection, and waits until the edge has closed the other side.
func (e edge) uploadAndHangUp(t *testing.T, path, framing, body string) {
	t.Helper()
	connection, err := net.Dial("tcp", e.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(connection, "POST %s HTTP/1.1\r\nHost: edge.example\r\n%s\r\n\r\n%s", path, framing, body); err != nil {
		t.Fatal(err)
	}
	// Both may fail once the edge has closed the connection, which is what this
	// waits for.
	_ = connection.(*net.TCPConn).CloseWrite()
	_, _ = io.Copy(io.Discard, connection)
}

// Only chunked bodies can break here: Viceroy itself reads those with a
// Content-Length before Larder starts.
func TestBrokenUploadsDoNotOpenTheCircuit(t *testing.T) {
	s := beginSingleOrigin(t)
	for _, c := range []struct{ name, framing, body string }{
		{"a chunk whose size is no number", "Transfer-Encoding: chunked", "zz\r\nhello\r\n"},
		{"a good chunk, then one whose size is no number", "Transfer-Encoding: chunked", "5\r\nhello\r\nzz\r\n"},
		{"a client that hangs up in the middle of a chunk", "Transfer-Encoding: chunked", "ff\r\nhello"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i := range enoughFailures {
				path := fmt.Sprintf("/forms/broken-%d/", i)
				s.origin.script(path, echo)
				s.uploadAndHangUp(t, path, c.framing, c.body)
			}
			s.wantHealthy(t, "beside-broken-uploads", 20)
			s.purge(t, `{"all":true,"soft":false}`)
		})
	}
}
