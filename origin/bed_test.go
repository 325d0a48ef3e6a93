package origin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"larder/config"
	"larder/corecache"
	"larder/corecache/coremodel"
)

var (
	errRefused = errors.New("connection refused")
	errReset   = errors.New("connection reset")
)

// reply is how a scripted origin answers once.
type reply func(ctx context.Context) (*Response, error)

func says(status int, header ...string) reply {
	return func(context.Context) (*Response, error) {
		h := http.Header{}
		for i := 0; i < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &Response{Status: status, Header: h, Rest: io.NopCloser(strings.NewReader("body"))}, nil
	}
}

func fails(err error) reply {
	return func(context.Context) (*Response, error) { return nil, err }
}

func hangs(ctx context.Context) (*Response, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// truncates announces more than comes.
func truncates(context.Context) (*Response, error) {
	return says(200, "Content-Length", "100")(context.Background())
}

// bed is a place with its cache and its origins, for tests inside a
// synctest bubble, whose clock they move by sleeping.
type bed struct {
	cache *coremodel.Cache

	mu       sync.Mutex
	scripts  map[string][]reply // the last one stays
	asked    []string
	lookups  int
	writes   int
	broken   bool // the cache fails
	requests []*Request
}

func newBed() *bed {
	return &bed{cache: coremodel.New(time.Now), scripts: map[string][]reply{}}
}

// client is one sandbox of the place.
func (b *bed) client(names ...string) *Client {
	c := &Client{
		Failures: config.Failures{Statuses: []int{429, 500, 502, 503, 504}},
		Breaker:  config.Breaker{Failures: 5, Window: 10 * time.Second, Cooldown: time.Second, MaxCooldown: time.Minute},
		Deadline: 15 * time.Second,
		Sender:   b,
		Cache:    b,
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

// calls returns who was asked since the last time.
func (b *bed) calls() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	asked := strings.Join(b.asked, " ")
	b.asked = nil
	return asked
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

func (b *bed) call(counter *int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	*counter++
	if b.broken {
		return corecache.ErrUnexpected
	}
	return nil
}

func (b *bed) Lookup(key []byte, opts corecache.LookupOptions) (corecache.Found, error) {
	if err := b.call(&b.lookups); err != nil {
		return nil, err
	}
	return b.cache.Lookup(key, opts)
}

func (b *bed) Insert(key []byte, opts corecache.WriteOptions) (corecache.Writer, error) {
	if err := b.call(&b.writes); err != nil {
		return nil, err
	}
	return b.cache.Insert(key, opts)
}

func (b *bed) Transact(key []byte, opts corecache.LookupOptions) (corecache.Transaction, error) {
	if err := b.call(&b.writes); err != nil {
		return nil, err
	}
	return b.cache.Transact(key, opts)
}

// page is the path of one of many pages.
func page(i int) string { return "/pages/" + strconv.Itoa(i) }

// get asks as a client does, and returns the status or 0.
func get(t *testing.T, c *Client) (int, error) {
	t.Helper()
	return ask(t, c, &Request{Method: http.MethodGet, Path: "/", Host: "api.example.com"})
}

func ask(t *testing.T, c *Client, req *Request) (int, error) {
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

// failTimes lets n requests fail that are tried once only, each for a page that
// nobody has asked for yet.
func failTimes(t *testing.T, c *Client, n int) {
	t.Helper()
	for range n {
		path := page(len(c.Sender.(*bed).requests))
		if status, err := ask(t, c, &Request{Method: http.MethodPost, Path: path}); err == nil && !c.Failures.Has(status) {
			t.Fatalf("got %d, want a failure", status)
		}
	}
}

// failTrials lets n trials of an origin fail, each as soon as it is due.
func failTrials(t *testing.T, c *Client, n int) {
	t.Helper()
	for range n {
		time.Sleep(time.Until(c.Status()[0].NextTrial))
		failTimes(t, c, 1)
	}
}

// tryOnce takes the trial of the first origin, and never ends it.
func tryOnce(c *Client) (admission, error) {
	t := tour{client: c, req: &Request{Method: http.MethodGet, Path: "/"}}
	return t.admit(stop{origin: &c.Origins[0]})
}

func state(t *testing.T, c *Client, name string) State {
	t.Helper()
	for _, s := range c.Status() {
		if s.Name == name {
			return s.State
		}
	}
	t.Fatalf("no origin %q", name)
	return ""
}

// circuits tells the state of all.
func circuits(c *Client) string {
	var all []string
	for _, s := range c.Status() {
		all = append(all, s.Name+" "+string(s.State))
	}
	return strings.Join(all, ", ")
}

// hangsFor is a good answer after a while.
func hangsFor(d time.Duration) reply {
	return func(ctx context.Context) (*Response, error) {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(d):
			return says(200)(ctx)
		}
	}
}
