package e2e

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json"

// status responds with an error, and a body that must not be stored.
func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(code)
		fmt.Fprintf(w, `{"data":{"slug":"a","text":"error %d"}}`, code)
	}
}

// drip sends the beginning of a body, byte by byte and without an end, until
// the edge has had enough.
func drip(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	out := http.NewResponseController(w)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for _, b := range []byte(`{"data":{"slug":"a","text":"` + strings.Repeat("drip ", 1000)) {
		if _, err := w.Write([]byte{b}); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
	}
}

// hang accepts the request and never answers. It reads the body, because
// net/http notices only after that that the client has gone.
func hang(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // a body that breaks off gets no answer either
	<-r.Context().Done()
}

// gzipped compresses what another script says.
func gzipped(t *testing.T, body string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := io.WriteString(w, body)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// compressed sends bytes as a gzip'd body with a right Content-Length.
func compressed(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(body) //nolint:errcheck // an edge that is gone fails the test itself
	}
}
