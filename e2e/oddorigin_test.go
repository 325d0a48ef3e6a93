package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// oddOrigin is an origin that does what a test tells it to, down to the bytes
// on the wire. It answers 404 to whatever no test has scripted.
type oddOrigin struct {
	server *httptest.Server

	mu      sync.Mutex
	scripts map[string]http.HandlerFunc // by path
	heard   map[string][]*http.Request
}

func newOddOrigin() *oddOrigin {
	o := &oddOrigin{scripts: map[string]http.HandlerFunc{}, heard: map[string][]*http.Request{}}
	o.server = httptest.NewServer(o)
	return o
}

func (o *oddOrigin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	path := r.URL.EscapedPath()
	o.heard[path] = append(o.heard[path], r)
	script := o.scripts[path]
	o.mu.Unlock()
	if script == nil {
		http.NotFound(w, r)
		return
	}
	script(w, r)
}

func (o *oddOrigin) url() string { return o.server.URL }

func (o *oddOrigin) close() error {
	o.server.CloseClientConnections()
	o.server.Close()
	return nil
}

// script says how the origin answers a path from now on.
func (o *oddOrigin) script(path string, answer http.HandlerFunc) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.scripts[path] = answer
}

// requests are those for a path since the test began.
func (o *oddOrigin) requests(path string) []*http.Request {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.heard[path]
}

// beginOdd gives a test the edge in front of the scripted origin, both empty.
func beginOdd(t *testing.T) (edge, *oddOrigin) {
	t.Helper()
	suite.odd.script("/things/", say(thing("settled", "")))
	suite.scripted.settle(t, "/things/?preview=1")
	suite.scripted.empty(t)
	suite.odd.mu.Lock()
	defer suite.odd.mu.Unlock()
	clear(suite.odd.scripts)
	clear(suite.odd.heard)
	return suite.scripted, suite.odd
}

// say answers with a JSON body, without validators.
func say(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, body) //nolint:errcheck // an edge that is gone fails the test itself
	}
}

// thing is a good answer.
func thing(slug, text string) string {
	return fmt.Sprintf(`{"data":{"slug":%q,"text":%q}}`, slug, text)
}

// raw sends these bytes as the whole answer, and ends the connection.
func raw(answer ...string) http.HandlerFunc {
	return takeOver(func(connection net.Conn) { io.WriteString(connection, strings.Join(answer, "\r\n")) }) //nolint:errcheck // as above
}

// reset sends these bytes and resets the connection.
func reset(answer ...string) http.HandlerFunc {
	return takeOver(func(connection net.Conn) {
		io.WriteString(connection, strings.Join(answer, "\r\n")) //nolint:errcheck // as above
		if tcp, ok := connection.(*net.TCPConn); ok {
			tcp.SetLinger(0) //nolint:errcheck // the close that follows is then an orderly one
		}
	})
}

// takeOver hands the bare connection to send and closes it after.
func takeOver(send func(net.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer connection.Close()
		send(connection)
	}
}
