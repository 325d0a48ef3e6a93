package origin

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

	"larder/config"
	"larder/corecache/coremodel"
	"larder/origin/breaker"
)

var (
	errRefused = errors.New("connection refused")
	errReset   = errors.New("connection reset")
	errNotJSON = errors.New("not JSON")
)

// reply is how a scripted origin answers once.
type reply func(ctx context.Context) (*Response, error)

func says(status int, header ...string) reply {
	return content(status, "{body}", header...)
}

// content is an answer with a body of its own.
func content(status int, text string, header ...string) reply {
	return func(context.Context) (*Response, error) {
		h := http.Header{}
		for i := 0; i < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &Response{Status: status, Header: h, Remainder: io.NopCloser(strings.NewReader(text))}, nil
	}
}

func fails(err error) reply {
	return func(context.Context) (*Response, error) { return nil, err }
}

func hangs(ctx context.Context) (*Response, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// after is the same answer after a while.
func after(d time.Duration, then reply) reply {
	return func(ctx context.Context) (*Response, error) {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(d):
			return then(ctx)
		}
	}
}

// truncates announces more than comes.
var truncates = says(200, "Content-Length", "100")

// sends is a good header section and a body.
func sends(body io.Reader) reply {
	return func(context.Context) (*Response, error) {
		return &Response{Status: 200, Header: http.Header{}, Remainder: io.NopCloser(body)}, nil
	}
}

// trickle is an endless body of which a byte arrives now and then.
type trickle struct{ pause time.Duration }

func (s trickle) Read(p []byte) (int, error) {
	time.Sleep(s.pause)
	p[0] = 'x'
	return 1, nil
}

// silence is a body of which nothing arrives until the host ends it.
type silence struct{ until time.Duration }

func (s silence) Read([]byte) (int, error) {
	time.Sleep(s.until)
	return 0, errReset
}

// bed is a POP with its cache and its origins, for tests inside a synctest
// bubble, whose clock they move by sleeping.
type bed struct {
	cache *coremodel.Cache

	mu       sync.Mutex
	scripts  map[string][]reply // by backend; the last one stays
	asked    []string
	requests []*Request
}

func newBed() *bed {
	return &bed{cache: coremodel.New(time.Now), scripts: map[string][]reply{}}
}

// client is one sandbox of the POP. Its first origin is retried once.
func (b *bed) client(names ...string) *Client {
	c := &Client{
		Failures: config.Failures{Statuses: []int{429, 500, 502, 503, 504}},
		Breaker:  config.Breaker{Failures: 5, Window: 10 * time.Second, Cooldown: time.Second, MaxCooldown: time.Minute},
		Deadline: 15 * time.Second,
		Routes:   []string{"posts", "search"},
		Sender:   b,
		Cache:    b.cache,
		Now:      time.Now,
		Random:   func() float64 { return 0.5 }, // no jitter
	}
	for i, name := range names {
		o := config.Origin{Name: name, Backend: name, FirstByteTimeout: 5 * time.Second, BodyTimeout: 10 * time.Second}
		if i == 0 {
			o.Retries = 1
		}
		c.Origins = append(c.Origins, o)
	}
	return c
}

func (b *bed) script(name string, replies ...reply) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.scripts[name] = replies
}

// calls returns which backends were asked since the last time.
func (b *bed) calls() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	asked := strings.Join(b.asked, " ")
	b.asked = nil
	return asked
}

func (b *bed) wantCalls(t *testing.T, want string) {
	t.Helper()
	if got := b.calls(); got != want {
		t.Errorf("asked %q, want %q", got, want)
	}
}

func (b *bed) Send(ctx context.Context, backend string, req *Request) (*Response, error) {
	b.mu.Lock()
	b.asked = append(b.asked, backend)
	b.requests = append(b.requests, req)
	script := b.scripts[backend]
	if len(script) > 1 {
		b.scripts[backend] = script[1:]
	}
	b.mu.Unlock()
	if len(script) == 0 {
		return says(200)(ctx)
	}
	return script[0](ctx)
}

// fetch is a keyed request for one URL.
func fetch(path string) *Request {
	path, query, _ := strings.Cut(path, "?")
	return &Request{Method: http.MethodGet, Path: path, Query: query, Host: "api.example.com", Route: "posts"}
}

// fetchJSON is a keyed request that accepts JSON only.
func fetchJSON(path string) *Request {
	req := fetch(path)
	req.Accept = func(resp *Response) error {
		if resp.Status != 200 || !strings.HasPrefix(string(resp.Body), "{") {
			return errNotJSON
		}
		return nil
	}
	return req
}

// do makes a request and returns the status, or 0 with an error.
func do(t *testing.T, c *Client, req *Request) (int, error) {
	t.Helper()
	resp, err := c.Do(t.Context(), req, 1<<10)
	if err != nil {
		if strings.ContainsAny(err.Error(), "\r\n") {
			t.Errorf("the error has several lines: %q", err)
		}
		return 0, err
	}
	if err := resp.Close(); err != nil {
		t.Error(err)
	}
	return resp.Status, nil
}

func get(t *testing.T, c *Client) (int, error) {
	t.Helper()
	return do(t, c, fetch("/"))
}

// openCircuit lets one origin refuse as many URLs as open its circuit. Its
// script is empty afterwards.
func (b *bed) openCircuit(t *testing.T, name string) {
	t.Helper()
	b.script(name, fails(errRefused))
	c := b.client(name)
	for i := range c.Breaker.Failures {
		_, _ = do(t, c, fetch(fmt.Sprint("/refused/", i))) // refused
	}
	wantState(t, c, name, breaker.Open)
	b.script(name)
	b.calls()
}

func wantState(t *testing.T, c *Client, name string, want breaker.State) {
	t.Helper()
	for i, s := range c.Status() {
		if got := circuitOf(c, i).State; s.Name == name && got != want {
			t.Errorf("the circuit of %s is %s, want %s", name, got, want)
		}
	}
}

// circuitOf is the circuit of an origin for the route posts.
func circuitOf(c *Client, origin int) CircuitStatus {
	for _, circuit := range c.Status()[origin].Circuits {
		if circuit.Route == "posts" {
			return circuit
		}
	}
	return CircuitStatus{Route: "posts", State: breaker.Closed}
}
