package origin

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"larder/config"
)

func TestFailover(t *testing.T) {
	tests := []struct {
		name   string
		method string // GET by default
		body   bool
		first  []reply
		second []reply
		asked  string
		status int // 0 for an error
		err    error
	}{
		{name: "a good answer", asked: "a", status: 200},
		{name: "a missing page is an answer", first: []reply{says(404)}, asked: "a", status: 404},
		{name: "a refused connection is tried again", first: []reply{fails(errRefused), says(200)}, asked: "a a", status: 200},
		{name: "a reset connection is tried again", first: []reply{fails(errReset), says(200)}, asked: "a a", status: 200},
		{name: "a 502 is tried again", first: []reply{says(502), says(200)}, asked: "a a", status: 200},
		{name: "a 503 twice goes on", first: []reply{says(503)}, asked: "a a b", status: 200},
		{name: "a 504 twice goes on", first: []reply{says(504)}, asked: "a a b", status: 200},
		{name: "a 503 with Retry-After goes on at once", first: []reply{says(503, "Retry-After", "5")}, asked: "a b", status: 200},
		{name: "a 500 goes on at once", first: []reply{says(500)}, asked: "a b", status: 200},
		{name: "a 429 goes on at once", first: []reply{says(429)}, asked: "a b", status: 200},
		{name: "a body that is cut short goes on at once", first: []reply{truncates, says(200)}, asked: "a b", status: 200},
		{name: "a body that is cut short is tried again when the next one fails", first: []reply{truncates, says(200)}, second: []reply{fails(errRefused)}, asked: "a b a", status: 200},
		{name: "a hanging origin lets the next one go before its second try", first: []reply{hangs}, asked: "a b", status: 200},
		{name: "a hanging origin has its second try when the next one fails", first: []reply{hangs, says(200)}, second: []reply{fails(errRefused)}, asked: "a b a", status: 200},
		{name: "both refuse", first: []reply{fails(errRefused)}, second: []reply{fails(errReset)}, asked: "a a b", err: errReset},
		{name: "both hang until the deadline", first: []reply{hangs}, second: []reply{hangs}, asked: "a b a", err: ErrTimeout},
		{name: "the last bad answer is better than none", first: []reply{says(503)}, second: []reply{fails(errRefused)}, asked: "a a b", status: 503},
		{name: "the standby's bad answer is the last one", first: []reply{says(503)}, second: []reply{says(500)}, asked: "a a b", status: 500},
		{name: "HEAD is tried again", method: http.MethodHead, first: []reply{fails(errRefused)}, asked: "a a b", status: 200},
		{name: "QUERY is tried again and goes on", method: "QUERY", first: []reply{fails(errReset)}, asked: "a a b", status: 200},
		{name: "POST is not sent again", method: http.MethodPost, first: []reply{fails(errReset)}, asked: "a", err: errReset},
		{name: "POST is not sent again after a 503", method: http.MethodPost, first: []reply{says(503)}, asked: "a", status: 503},
		{name: "POST is not sent again after a timeout", method: http.MethodPost, first: []reply{hangs}, asked: "a", err: ErrTimeout},
		{name: "PURGE and other methods are not sent again", method: "PURGE", first: []reply{fails(errReset)}, asked: "a", err: errReset},
		{name: "a GET with a body is not sent again", body: true, first: []reply{fails(errReset)}, asked: "a", err: errReset},
		{name: "a request that cannot be sent goes nowhere else", first: []reply{fails(ErrRequest)}, asked: "a", err: ErrRequest},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("a", test.first...)
				b.script("b", test.second...)
				req := &Request{Method: test.method, Path: "/"}
				if test.method == "" {
					req.Method = http.MethodGet
				}
				if test.body {
					req.Body = io.NopCloser(strings.NewReader("query"))
				}
				begin := time.Now()
				status, err := do(t, b.client("a", "b"), req)
				if status != test.status || !errors.Is(err, test.err) || (err != nil) != errors.Is(err, ErrUnavailable) {
					t.Errorf("got %d, %v", status, err)
				}
				b.wantCalls(t, test.asked)
				if took := time.Since(begin); took > 15*time.Second {
					t.Errorf("took %v, past the deadline", took)
				}
				if errors.Is(err, ErrCircuitOpen) {
					t.Errorf("%v: a circuit is not the reason", err)
				}
				if n := b.cache.Open(); n != 0 {
					t.Errorf("%d handles are open", n)
				}
			})
		})
	}
}

func TestAttemptsAreAtMostFour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		names := []string{"a", "b", "c", "d", "e"}
		for _, name := range names {
			b.script(name, fails(errRefused))
		}
		for n, want := range map[int]string{1: "a a", 2: "a a b", 3: "a a b c", 4: "a b c d", 5: "a b c d"} {
			c := b.client(names[:n]...)
			c.Breaker = config.Breaker{}
			if _, err := get(t, c); !errors.Is(err, ErrUnavailable) {
				t.Error(err)
			}
			b.wantCalls(t, want)
		}
		c := b.client("a")
		c.Breaker, c.Origins[0].Retries = config.Breaker{}, 9
		_, _ = get(t, c) // refused, as above
		b.wantCalls(t, "a a a a")
	})
}

func TestEachOriginGetsItsOwnHostAndHeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", fails(errRefused))
		c := b.client("a", "b")
		c.Origins[0].Host, c.Origins[0].Headers = "a.example", map[string]string{"X-Key": "secret of a"}
		if _, err := get(t, c); err != nil {
			t.Fatal(err)
		}
		first, last := b.requests[0], b.requests[len(b.requests)-1]
		if first.Host != "a.example" || first.Header.Get("Host") != "a.example" || first.Header.Get("X-Key") == "" {
			t.Errorf("first got %v", first)
		}
		if last.Host != "api.example.com" || last.Header.Get("X-Key") != "" {
			t.Errorf("last got %v", last)
		}
	})
}

func TestStatusesThatFailAreConfigured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		c := b.client("a", "b")
		c.Failures = config.Failures{Statuses: []int{503}}
		b.script("a", says(500))
		if status, _ := get(t, c); status != 500 || b.calls() != "a" {
			t.Errorf("a 500 that does not count was not given back: %d", status)
		}
		c.Failures = config.Failures{}
		b.script("a", says(503))
		if status, _ := get(t, c); status != 503 || b.calls() != "a" {
			t.Errorf("without a list a status counts: %d", status)
		}
	})
}
