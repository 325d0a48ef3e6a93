package handlers

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"
	"github.com/fastly/compute-sdk-go/fsttest"

	"larder/purge"
	"larder/resource"
)

// reply is what a client got.
type reply struct {
	t      testing.TB
	status int
	header http.Header
	body   string
	// closedAt is how many requests the origin had had when the answer ended.
	closedAt int
	// took is how long the client waited for the end of its answer.
	took time.Duration
}

// recorder calls closed when the answer has ended.
type recorder struct {
	*fsttest.ResponseRecorder
	closed func()
}

func (r recorder) Close() error {
	r.closed()
	return nil
}

// request sends a request as a host does, which does not check the URL. A body is
// announced by its length.
func (e *edge) request(method, uri, body string, lines ...string) reply {
	e.t.Helper()
	if body != "" {
		lines = append(lines, fmt.Sprintf("Content-Length: %d", len(body)))
	}
	return e.unannounced(method, uri, body, lines...)
}

// unannounced sends a request as a host does for HTTP/2, where the end of a
// stream ends a body.
func (e *edge) unannounced(method, uri, body string, lines ...string) reply {
	e.t.Helper()
	r, err := fsthttp.NewRequest(method, "https://edge.example/", io.NopCloser(strings.NewReader(body)))
	if err != nil {
		e.t.Fatal(err)
	}
	if !strings.Contains(uri, "://edge.example/") {
		uri = "https://edge.example" + uri
	}
	if r.URL, err = resource.ParseRequestURI(uri); err != nil {
		e.t.Fatal(err)
	}
	r.Header = fsthttp.Header(fields(lines...))
	began, closed := e.clock(), false
	got := reply{t: e.t, closedAt: -1}
	w := recorder{fsttest.NewRecorder(), func() {
		e.mu.Lock()
		got.closedAt = len(e.asked)
		e.mu.Unlock()
		got.took, closed = e.clock().Sub(began), true
	}}
	e.app.ServeHTTP(context.Background(), w, r)
	if !closed {
		got.took = e.clock().Sub(began)
	}
	got.status, got.header, got.body = w.Code, http.Header(w.HeaderMap), w.Body.String()
	return got
}

func (e *edge) get(uri string, lines ...string) reply {
	e.t.Helper()
	return e.request(http.MethodGet, uri, "", lines...)
}

// purge goes through the purge endpoint; members are those of its JSON body.
func (e *edge) purge(members string) {
	e.t.Helper()
	if r := e.request(http.MethodPost, purge.Path, "{"+members+"}", "Authorization: Bearer operator"); r.status != http.StatusOK {
		e.t.Errorf("the purge is answered with %d %s", r.status, r.body)
	}
}

// anything stands for a body or a Cache-Status that a test does not check.
const anything = "(anything)"

// want checks status, body and Cache-Status.
func (r reply) want(status int, body, cacheStatus string) {
	r.t.Helper()
	if r.status != status {
		r.t.Errorf("the status is %d, not %d; the body is %.200q", r.status, status, r.body)
	}
	if body != anything && r.body != body {
		r.t.Errorf("the body is %.200q, not %.200q", r.body, body)
	}
	if cacheStatus != anything {
		r.wantHeader("Cache-Status", cacheStatus)
	}
}

// wantHeader checks a field; the value "" means that there is none.
func (r reply) wantHeader(name, value string) {
	r.t.Helper()
	if value == "" {
		r.wantNo(name)
		return
	}
	if got := strings.Join(r.header.Values(name), ", "); got != value {
		r.t.Errorf("%s is %q, not %q", name, got, value)
	}
}

func (r reply) wantNo(names ...string) {
	r.t.Helper()
	for _, name := range names {
		if got, ok := r.header[name]; ok {
			r.t.Errorf("%s is %q", name, got)
		}
	}
}

// wantProblem checks a problem+json answer.
func (r reply) wantProblem(status int, name string) {
	r.t.Helper()
	r.want(status, anything, anything)
	r.wantHeader("Content-Type", "application/problem+json")
	r.wantHeader("Cache-Control", "no-store")
	if !strings.Contains(r.body, `"type":"urn:larder:problem:`+name+`"`) {
		r.t.Errorf("the problem is %q, not %s", r.body, name)
	}
	if len(r.header["Cache-Status"]) == 0 {
		r.t.Error("there is no Cache-Status")
	}
}

// keysOf returns the surrogate keys of an answer.
func keysOf(r reply) []string {
	r.t.Helper()
	return strings.Fields(r.header.Get("Surrogate-Key"))
}
