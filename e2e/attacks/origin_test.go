package attacks

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// scriptedOrigin behaves as the case in progress says, and records what it
// receives.
type scriptedOrigin struct {
	server *httptest.Server

	mu       sync.Mutex
	behave   behaviour
	received []string // each as text: request line, host, header lines, body
}

// behaviour answers one request. body is the request's, and n how many the
// origin has received since the case began, this one included.
type behaviour func(w http.ResponseWriter, r *http.Request, body string, n int)

func newScriptedOrigin() *scriptedOrigin {
	o := &scriptedOrigin{behave: mirror}
	o.server = httptest.NewServer(o)
	return o
}

func (o *scriptedOrigin) close() error {
	o.server.CloseClientConnections()
	o.server.Close()
	return nil
}

func (o *scriptedOrigin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the upload broke off
	}
	o.mu.Lock()
	o.received = append(o.received, requestText(r, string(body)))
	behave, n := o.behave, len(o.received)
	o.mu.Unlock()
	behave(w, r, string(body), n)
}

// begin forgets what was received.
func (o *scriptedOrigin) begin(b behaviour) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.behave, o.received = b, nil
}

func (o *scriptedOrigin) requests() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.received)
}

func requestText(r *http.Request, body string) string {
	return r.Method + " " + r.RequestURI + "\nHost: " + r.Host + "\n" + headerLines(r.Header) + "\n" + body
}

func headerLines(h http.Header) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	return b.String()
}

// document is a response about one item, with whatever else.
func document(slug, text string, n int) string {
	body, err := json.Marshal(map[string]any{"id": 1, "n": n, "data": map[string]string{"slug": slug, "text": text}})
	if err != nil {
		panic(err)
	}
	return string(body)
}

func slugOf(r *http.Request) string { return path.Base(r.URL.Path) }

func writeJSON(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, body) //nolint:errcheck // an edge that is gone fails the case itself
}

// mirror puts everything it received into its response, but for its own secret,
// which only TRACE shows (RFC 9110 §9.3.8). No two responses are the same.
func mirror(w http.ResponseWriter, r *http.Request, body string, n int) {
	if r.Method != http.MethodTrace {
		r.Header.Del(secretHeader)
	}
	writeJSON(w, document(slugOf(r), requestText(r, body), n))
}

// validating answers a conditional request with a 304 that has this header line.
func validating(line string) behaviour {
	return func(w http.ResponseWriter, r *http.Request, _ string, n int) {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") != "" {
			name, value, _ := strings.Cut(line, ": ")
			w.Header().Set(name, value)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Cache-Control", "max-age=60, stale-if-error=60")
		writeJSON(w, document(slugOf(r), "stored", n))
	}
}

// oddParts answers a request for a range with a part that is not the rest of the
// body.
func oddParts(w http.ResponseWriter, r *http.Request, _ string, _ int) {
	body := document(slugOf(r), "whole", 0)
	w.Header().Set("ETag", `"1"`)
	w.Header().Set("Cache-Control", "max-age=60")
	first := 0
	switch _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &first); {
	case err != nil:
		writeJSON(w, body)
	default:
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, first+9, len(body)))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusPartialContent)
		io.WriteString(w, body[first:first+10]) //nolint:errcheck // an edge that is gone fails the case itself
	}
}

// folding is an origin that reads many spellings of a path as one item: upper
// case, path parameters, white space and dots at the end, whole paths behind
// encoded slashes, leading zeros.
func folding(w http.ResponseWriter, r *http.Request, _ string, n int) {
	slug := slugOf(r)
	slug, _, _ = strings.Cut(slug, ";")
	slug = strings.ToLower(strings.TrimRight(slug, ". \t"))
	slug = slug[strings.LastIndexAny(slug, `\/`)+1:]
	id, err := strconv.Atoi(slug)
	if err == nil && strings.Contains(r.URL.Path, "wp-json") {
		if r.URL.Query().Get("_fields") != "" {
			writeJSON(w, fmt.Sprintf(`{"title":"title %d"}`, n))
			return
		}
		writeJSON(w, fmt.Sprintf(`{"id":%d,"n":%d}`, id, n))
		return
	}
	if segments := strings.Split(r.URL.Path, "/"); len(segments) > 3 && segments[2] == "pages" {
		writeJSON(w, fmt.Sprintf(`{"n":%d,"data":{"slug":%q,"page_type":%q}}`, n, slug, strings.ToLower(segments[3])))
		return
	}
	writeJSON(w, document(slug, "", n))
}

// respond always answers with these. A number in the body says which of the
// case's requests it answers, in place of "{n}".
func respond(status int, body string, header ...string) behaviour {
	return func(w http.ResponseWriter, _ *http.Request, _ string, n int) {
		w.Header().Set("Content-Type", "application/json")
		for _, line := range header {
			name, value, _ := strings.Cut(line, ": ")
			w.Header().Add(name, value)
		}
		w.WriteHeader(status)
		io.WriteString(w, strings.ReplaceAll(body, "{n}", strconv.Itoa(n))) //nolint:errcheck // as above
	}
}

// mirrorWith is mirror with header fields of its own.
func mirrorWith(header ...string) behaviour {
	return func(w http.ResponseWriter, r *http.Request, body string, n int) {
		for _, line := range header {
			name, value, _ := strings.Cut(line, ": ")
			w.Header().Add(name, value)
		}
		mirror(w, r, body, n)
	}
}

// wire sends these lines with CRLF as the whole response, and ends the
// connection.
func wire(lines ...string) behaviour {
	return func(w http.ResponseWriter, _ *http.Request, _ string, n int) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer connection.Close()
		io.WriteString(connection, strings.ReplaceAll(strings.Join(lines, "\r\n"), "{n}", strconv.Itoa(n))) //nolint:errcheck // as above
	}
}

// breakingOffAt is mirror for requests whose header is smaller than this, and
// closes the connection without a response for others.
func breakingOffAt(size int) behaviour {
	return func(w http.ResponseWriter, r *http.Request, body string, n int) {
		if len(headerLines(r.Header)) < size {
			mirror(w, r, body, n)
			return
		}
		wire()(w, r, body, n)
	}
}

// gzipped always answers with this body, compressed.
func gzipped(body string) behaviour {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = io.WriteString(z, body)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic(err)
	}
	return respond(http.StatusOK, b.String(), "Content-Encoding: gzip")
}

// onlyFor behaves in a way of its own for one method, and otherwise like mirror.
func onlyFor(method string, b behaviour) behaviour {
	return func(w http.ResponseWriter, r *http.Request, body string, n int) {
		if r.Method == method {
			b(w, r, body, n)
			return
		}
		mirror(w, r, body, n)
	}
}

// first behaves in one way for the case's first request, and then in another.
func first(b, after behaviour) behaviour {
	return func(w http.ResponseWriter, r *http.Request, body string, n int) {
		if n == 1 {
			b(w, r, body, n)
			return
		}
		after(w, r, body, n)
	}
}

// missing answers 404 to everything but /things/tea/.
func missing(w http.ResponseWriter, r *http.Request, body string, n int) {
	if r.URL.Path == "/things/tea/" {
		mirror(w, r, body, n)
		return
	}
	respond(http.StatusNotFound, `{"error":"no such thing"}`)(w, r, body, n)
}
