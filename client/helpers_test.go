package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	first  = "https://cdn.example"
	second = "https://backup.example"
	third  = "https://api.example"
)

// network answers requests by their hosts, in a test's bubble of time. A host
// without an answer hangs.
type network struct {
	mu     sync.Mutex
	answer map[string]func(*http.Request) (*http.Response, error)
	asked  []string // "METHOD host path"
	got    []*http.Request
}

func newNetwork() *network {
	return &network{answer: map[string]func(*http.Request) (*http.Response, error){}}
}

func (n *network) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close()
	}
	host := req.URL.Scheme + "://" + req.URL.Host
	n.mu.Lock()
	n.asked = append(n.asked, req.Method+" "+host+" "+req.URL.Path)
	n.got = append(n.got, req)
	answer := n.answer[host]
	n.mu.Unlock()
	if answer == nil {
		<-req.Context().Done()
		return nil, context.Cause(req.Context())
	}
	resp, err := answer(req)
	if err != nil {
		return nil, err
	}
	resp.Request = req
	return resp, nil
}

// at makes hosts answer with what follows.
func (n *network) at(host string, answer func(*http.Request) (*http.Response, error)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answer[host] = answer
}

// down makes all hosts refuse connections.
func (n *network) down() {
	for _, host := range []string{first, second, third} {
		n.at(host, refused)
	}
}

// requests returns what was asked since the last call.
func (n *network) requests() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	asked := n.asked
	n.asked = nil
	return asked
}

// sent returns the last request.
func (n *network) sent() *http.Request {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.got[len(n.got)-1]
}

var errRefused = errors.New("connection refused")

func refused(*http.Request) (*http.Response, error) { return nil, errRefused }

// says answers with a status, a body and header lines.
func says(status int, body string, lines ...string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return answer(status, body, lines...), nil }
}

func answer(status int, body string, lines ...string) *http.Response {
	h := http.Header{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		h.Add(name, value)
	}
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Header: h, ContentLength: int64(len(body)),
		Body: io.NopCloser(strings.NewReader(body)), ProtoMajor: 1, ProtoMinor: 1}
}

// larder answers as the edge does: with an ETag and, if that is sent back, 304.
func larder(body string) func(*http.Request) (*http.Response, error) {
	tag := fmt.Sprintf("ETag: %q", body)
	lines := []string{"Cache-Control: public, max-age=0, stale-if-error=86400", tag}
	return func(req *http.Request) (*http.Response, error) {
		if "ETag: "+req.Header.Get("If-None-Match") == tag {
			return answer(304, "", lines...), nil
		}
		return answer(200, body, lines...), nil
	}
}

// reply is a response that was read.
type reply struct {
	*http.Response
	body     string
	age      time.Duration
	fallback bool
}

func do(t testing.TB, rt http.RoundTripper, req *http.Request) (reply, error) {
	t.Helper()
	resp, err := rt.RoundTrip(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("the body: %v", err)
	}
	age, ok := Fallback(resp)
	return reply{resp, string(body), age, ok}, nil
}

func request(t testing.TB, method, url string, lines ...string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		req.Header.Add(name, value)
	}
	return req
}

// get fails the test if there is no answer.
func get(t testing.TB, rt http.RoundTripper, url string, lines ...string) reply {
	t.Helper()
	r, err := do(t, rt, request(t, http.MethodGet, url, lines...))
	if err != nil {
		t.Fatalf("GET %s: %v", url, err)
	}
	return r
}

func (r reply) want(t testing.TB, status int, body string, fallback bool) {
	t.Helper()
	if r.StatusCode != status || r.body != body || r.fallback != fallback {
		t.Errorf("the answer is %d %q, fallback %v; want %d %q, fallback %v", r.StatusCode, r.body, r.fallback, status, body, fallback)
	}
}

// wantNoAnswer fails the test unless there is an error or a status of failure.
func wantNoAnswer(t testing.TB, rt http.RoundTripper, req *http.Request) {
	t.Helper()
	if r, err := do(t, rt, req); err == nil && !isFailure(r.StatusCode) {
		t.Errorf("%s %s: the answer is %d %q, want none", req.Method, req.URL, r.StatusCode, r.body)
	}
}

func wantRequests(t testing.TB, n *network, want ...string) {
	t.Helper()
	if got := n.requests(); strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("the requests are %q, want %q", got, want)
	}
}
