package handlers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"
	"github.com/fastly/compute-sdk-go/fsttest"

	"larder/config"
	"larder/corecache"
	"larder/corecache/coremodel"
	"larder/origin"
	"larder/purge"
	"larder/resource"
)

// testConfig has short names and round lifetimes: an hour fresh, a minute of
// stale-while-revalidate, a day of stale-if-error.
const testConfig = `{
  "origins": [{"name": "primary", "host": "api.example"}],
  "cors": {"origins": ["https://site.example"], "headers": ["Authorization"], "expose": ["Age"], "max_age": "1h"},
  "debug_header": "Larder-Debug",
  "limits": {"tagged_body": "1KiB"},
  "unmatched": "reject",
  "lifetimes": {
    "ttl": "1h", "stale_while_revalidate": "1m", "stale_if_error": "1d", "not_found_ttl": "30s"
  },
  "routes": [
    {"name": "posts", "path": "/posts/", "query": {"tag": null, "page": "1"}, "bypass": {"preview": "*"},
     "keys": ["posts"], "items": [{"each": "data", "keys": ["post:{slug}"]}]},
    {"name": "post", "path": "/posts/{slug}/", "query": {"locale": null}, "headers": ["Accept-Language"], "bypass": {"preview": "*"},
     "keys": ["post:{slug}"], "items": [{"each": "data", "keys": ["post:{slug}"]}, {"each": "data.author", "keys": ["author:{slug}"]}]},
    {"name": "files", "path": "/files/{path...}", "keys": ["file:{path}"]},
    {"name": "open", "path": "/open/{path...}", "query": {"*": null}, "headers": ["*"],
     "lifetimes": {"ttl": "origin", "stale_while_revalidate": "origin", "stale_if_error": "origin"}}
  ]
}`

// tenantsConfig is the same with tenants.
var tenantsConfig = strings.Replace(testConfig, `"debug_header"`, `"tenant": {"query": "auth_token", "header": "Authorization"}, "debug_header"`, 1)

// edge is an App with an in-memory cache, an origin to script and a clock to
// move. When the test ends, no handle may be open.
type edge struct {
	t     testing.TB
	app   *App
	model *coremodel.Cache
	spy   *spy

	mu     sync.Mutex
	now    time.Time
	asked  []*origin.Request
	answer func(*origin.Request) (*origin.Response, error)
	logged []string
	ids    int
}

func newEdge(t testing.TB) *edge { return newEdgeWith(t, testConfig) }

func newEdgeWith(t testing.TB, file string) *edge {
	t.Helper()
	cfg, err := config.Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	e := &edge{t: t, now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	e.model = coremodel.New(e.clock)
	e.spy = &spy{Cache: e.model}
	e.app = New(Parts{
		Config:  cfg,
		Cache:   e.spy,
		Origins: origins(e.ask),
		Operations: Operations{purge.Path: &purge.Endpoint{
			Config: cfg,
			Cache:  e.spy,
			Now:    e.clock,
			Guard: &purge.Guard{
				Tokens:           func() ([]string, error) { return []string{"operator"}, nil },
				FastlyKeyIsValid: func(*fsthttp.Request) (bool, error) { return false, nil },
			},
		}},
		Now:   e.clock,
		NewID: e.newID,
		Log:   e.log,
	})
	for i := range cfg.Routes { // a host runs one request at a time; some tests here do not
		e.app.route(i)
	}
	t.Cleanup(func() {
		if n := e.model.Open(); n != 0 {
			t.Errorf("%d handles are still open", n)
		}
	})
	return e
}

// origins is an [Origins] of one function.
type origins func(*origin.Request) (*origin.Response, error)

func (o origins) Do(_ context.Context, req *origin.Request, _ int64) (*origin.Response, error) {
	resp, err := o(req)
	if err == nil && req.Streams != nil && resp.Remainder == nil && req.Streams(resp.Header) {
		resp.Body, resp.Remainder = nil, io.NopCloser(bytes.NewReader(resp.Body))
	}
	if err != nil || req.Accept == nil || resp.Status >= 400 {
		return resp, err
	}
	if err := req.Accept(resp); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w: %w", origin.ErrUnavailable, origin.ErrNotAccepted, err), resp.Close())
	}
	return resp, nil
}

// spy is a cache that a test can break or interrupt.
type spy struct {
	corecache.Cache
	mu           sync.Mutex
	beforeLookup func(key []byte) error
	fail         error
}

func (s *spy) Lookup(key []byte, opts corecache.LookupOptions) (corecache.Found, error) {
	s.mu.Lock()
	before, fail := s.beforeLookup, s.fail
	s.mu.Unlock()
	if fail != nil {
		return nil, fail
	}
	if before != nil {
		if err := before(key); err != nil {
			return nil, err
		}
	}
	return s.Cache.Lookup(key, opts)
}

func (s *spy) Insert(key []byte, opts corecache.WriteOptions) (corecache.Writer, error) {
	if s.fail != nil {
		return nil, s.fail
	}
	return s.Cache.Insert(key, opts)
}

func (s *spy) Transact(key []byte, opts corecache.LookupOptions) (corecache.Transaction, error) {
	if s.fail != nil {
		return nil, s.fail
	}
	return s.Cache.Transact(key, opts)
}

// onLookup runs f once, before the next lookup of a key with the prefix.
func (s *spy) onLookup(prefix string, f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beforeLookup = func(key []byte) error {
		if !strings.HasPrefix(string(key), prefix) {
			return nil
		}
		s.mu.Lock()
		s.beforeLookup = nil
		s.mu.Unlock()
		f()
		return nil
	}
}

// keyOf returns the key that a request looks up first.
func (s *spy) keyOf(request func()) []byte {
	var key []byte
	s.mu.Lock()
	s.beforeLookup = func(k []byte) error {
		if key == nil {
			key = slices.Clone(k)
		}
		return nil
	}
	s.mu.Unlock()
	request()
	s.mu.Lock()
	s.beforeLookup = nil
	s.mu.Unlock()
	return key
}

func (e *edge) clock() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.now
}

func (e *edge) pass(d time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.now = e.now.Add(d)
}

func (e *edge) newID() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ids++
	return fmt.Sprintf("id%d", e.ids)
}

func (e *edge) log(format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.logged = append(e.logged, fmt.Sprintf(format, args...))
}

func (e *edge) ask(req *origin.Request) (*origin.Response, error) {
	e.mu.Lock()
	e.asked = append(e.asked, req)
	answer := e.answer
	e.mu.Unlock()
	return answer(req)
}

// wantAsked checks how many requests the origin has had since the last call.
func (e *edge) wantAsked(n int) {
	e.t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.asked) != n {
		e.t.Errorf("the origin was asked %d times, not %d", len(e.asked), n)
	}
	e.asked = nil
}

func (e *edge) lastAsked() *origin.Request {
	e.t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.asked) == 0 {
		e.t.Fatal("the origin was not asked")
	}
	return e.asked[len(e.asked)-1]
}

// says makes the origin answer so from now on. Header lines are "Name: value".
func (e *edge) says(status int, body string, lines ...string) {
	e.does(func(*origin.Request) (*origin.Response, error) { return e.response(status, body, lines...), nil })
}

func (e *edge) fails(err error) {
	e.does(func(*origin.Request) (*origin.Response, error) { return nil, err })
}

func (e *edge) does(answer func(*origin.Request) (*origin.Response, error)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answer = answer
}

func (e *edge) response(status int, body string, lines ...string) *origin.Response {
	now := e.clock()
	header := fields(lines...)
	if header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/json")
	}
	return &origin.Response{
		Origin: "primary", Status: status, Header: header, Body: []byte(body),
		RequestTime: now, ResponseTime: now, RetryAfter: origin.ParseRetryAfter(header, now),
	}
}

// fields makes a header of "Name: value" lines.
func fields(lines ...string) http.Header {
	h := http.Header{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		h.Add(name, strings.TrimPrefix(value, " "))
	}
	return h
}

// reply is what a client got.
type reply struct {
	t      testing.TB
	status int
	header http.Header
	body   string
	// closedAt is how many requests the origin had had when the answer ended.
	closedAt int
}

// recorder notes when the answer ended.
type recorder struct {
	*fsttest.ResponseRecorder
	closed func()
}

func (r recorder) Close() error {
	r.closed()
	return nil
}

// request sends a request the way the host does: the URL is not judged before.
func (e *edge) request(method, uri, body string, lines ...string) reply {
	e.t.Helper()
	r, err := fsthttp.NewRequest(method, "https://edge.example/", io.NopCloser(strings.NewReader(body)))
	if err != nil {
		e.t.Fatal(err)
	}
	if r.URL, err = resource.ParseRequestURI("https://edge.example" + uri); err != nil {
		e.t.Fatal(err)
	}
	r.Header = fsthttp.Header(fields(lines...))
	if body != "" {
		r.Header.Set("Content-Length", fmt.Sprint(len(body)))
	}
	closedAt := -1
	w := recorder{fsttest.NewRecorder(), func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		closedAt = len(e.asked)
	}}
	e.app.ServeHTTP(context.Background(), w, r)
	return reply{e.t, w.Code, http.Header(w.HeaderMap), w.Body.String(), closedAt}
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

// want checks status, body and Cache-Status; an empty one is not checked.
func (r reply) want(status int, body, cacheStatus string) {
	r.t.Helper()
	if r.status != status {
		r.t.Errorf("the status is %d, not %d; the body is %.200q", r.status, status, r.body)
	}
	if body != "" && r.body != body {
		r.t.Errorf("the body is %.200q, not %.200q", r.body, body)
	}
	r.wantHeader("Cache-Status", cacheStatus)
}

func (r reply) wantHeader(name, value string) {
	r.t.Helper()
	if got := strings.Join(r.header.Values(name), ", "); value != "" && got != value {
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
	r.want(status, "", "")
	r.wantHeader("Content-Type", "application/problem+json")
	r.wantHeader("Cache-Control", "no-store")
	if !strings.Contains(r.body, `"type":"urn:larder:problem:`+name+`"`) {
		r.t.Errorf("the problem is %q, not %s", r.body, name)
	}
	if len(r.header["Cache-Status"]) == 0 {
		r.t.Error("there is no Cache-Status")
	}
}

// Bodies of the post "tea" before and after its edit.
const (
	before = `{"data":{"slug":"tea","title":"Tea","author":{"slug":"ada"}}}`
	after  = `{"data":{"slug":"tea","title":"More tea","author":{"slug":"ada"}}}`
)

var errRefused = fmt.Errorf("%w: connection refused", origin.ErrUnavailable)

// rest is the remainder of a large body; it may break off, and says whether
// it was closed.
type rest struct {
	io.Reader
	err    error
	closed bool
}

func (r *rest) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if errors.Is(err, io.EOF) && r.err != nil {
		return n, r.err
	}
	return n, err
}

func (r *rest) Close() error {
	r.closed = true
	return nil
}

func containsFold(s, part string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(part))
}
