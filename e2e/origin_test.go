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

// scriptedOrigin is an origin that does what a test tells it to, down to the bytes
// on the wire. It answers 404 to whatever no test has scripted.
type scriptedOrigin struct {
	server *httptest.Server

	mu       sync.Mutex
	scripts  map[string]http.HandlerFunc // by path
	received map[string][]*http.Request
}

func newScriptedOrigin() *scriptedOrigin {
	o := &scriptedOrigin{scripts: map[string]http.HandlerFunc{}, received: map[string][]*http.Request{}}
	o.server = httptest.NewServer(o)
	return o
}

func (o *scriptedOrigin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	path := r.URL.EscapedPath()
	o.received[path] = append(o.received[path], r)
	script := o.scripts[path]
	o.mu.Unlock()
	if script == nil {
		http.NotFound(w, r)
		return
	}
	script(w, r)
}

func (o *scriptedOrigin) url() string { return o.server.URL }

func (o *scriptedOrigin) close() error {
	o.server.CloseClientConnections()
	o.server.Close()
	return nil
}

// both scripts a path at both origins.
func (f twoOrigins) both(path string, answer http.HandlerFunc) {
	f.primary.script(path, answer)
	f.standby.script(path, answer)
}

// requestCount is how many requests for content the origin has received.
func (o *scriptedOrigin) requestCount() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 0
	for path, requests := range o.received {
		if path != "/" { // which Viceroy itself requests when it starts
			n += len(requests)
		}
	}
	return n
}

// pathCount is how many different paths the origin has received requests for.
func (o *scriptedOrigin) pathCount() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.received)
}

// script says how the origin answers a path from now on.
func (o *scriptedOrigin) script(path string, answer http.HandlerFunc) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.scripts[path] = answer
}

// reset forgets all scripts and requests.
func (o *scriptedOrigin) reset() {
	o.mu.Lock()
	defer o.mu.Unlock()
	clear(o.scripts)
	clear(o.received)
}

// requests are those for a path since the test began.
func (o *scriptedOrigin) requests(path string) []*http.Request {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.received[path]
}

// beginScripted gives a test the edge in front of the scripted origin, both empty.
func beginScripted(t *testing.T) (edge, *scriptedOrigin) {
	t.Helper()
	suite.origin.script("/things/", respond(thing("settled", "")))
	suite.scripted.settle(t, "/things/?preview=1")
	suite.scripted.empty(t)
	suite.origin.reset()
	return suite.scripted, suite.origin
}

// say answers with a JSON body, without validators.
func respond(body string) http.HandlerFunc {
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
