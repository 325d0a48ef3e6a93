package origin

import (
	"cmp"
	"context"
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
		{name: "a 503 that asks for patience goes on at once", first: []reply{says(503, "Retry-After", "5")}, asked: "a b", status: 200},
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
		{name: "a request that cannot be sent is nobody's failure", first: []reply{fails(ErrRequest)}, asked: "a", err: ErrRequest},
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
				status, err := ask(t, b.client("a", "b"), req)
				if status != test.status || !errors.Is(err, test.err) || (err != nil) != errors.Is(err, ErrUnavailable) {
					t.Errorf("got %d, %v", status, err)
				}
				if got := b.calls(); got != test.asked {
					t.Errorf("asked %q, want %q", got, test.asked)
				}
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
			if got := b.calls(); got != want {
				t.Errorf("of %d origins asked %q, want %q", n, got, want)
			}
		}
		c := b.client("a")
		c.Breaker, c.Origins[0].Retries = config.Breaker{}, 9
		_, _ = get(t, c) // refused, as above
		if got := b.calls(); got != "a a a a" {
			t.Errorf("asked %q", got)
		}
	})
}

func TestTheDeadlineHoldsOverAllAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", hangs)
		b.script("b", hangs)
		c := b.client("a", "b")
		c.Deadline = 7 * time.Second
		begin := time.Now()
		_, err := get(t, c)
		if took := time.Since(begin); took != c.Deadline || !errors.Is(err, ErrTimeout) {
			t.Errorf("%v after %v", err, took)
		}
		status := c.Status()
		if status[0].Failures != 1 || status[1].Failures != 0 {
			t.Errorf("an origin that had too little time is blamed: %+v", status)
		}
	})
}

func TestACallerWhoGivesUpBlamesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", hangs)
		c := b.client("a")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := c.Do(ctx, &Request{Method: "GET", Path: "/"}, 0); !errors.Is(err, ErrUnavailable) {
			t.Error(err)
		}
		if got := c.Status()[0].Failures; got != 0 {
			t.Errorf("%d failures", got)
		}
	})
}

func TestHealthAndSwitches(t *testing.T) {
	tests := []struct {
		name     string
		health   map[string]Health
		disabled string
		method   string
		asked    string
		failed   bool
	}{
		{name: "no health check", asked: "a"},
		{name: "all are healthy", health: map[string]Health{"a": Healthy, "b": Healthy, "c": Healthy}, asked: "a"},
		{name: "an unhealthy origin is skipped", health: map[string]Health{"a": Unhealthy}, asked: "b"},
		{name: "an unhealthy origin is skipped by POST too", method: "POST", health: map[string]Health{"a": Unhealthy}, asked: "b"},
		{name: "all are unhealthy, so all are tried", health: map[string]Health{"a": Unhealthy, "b": Unhealthy, "c": Unhealthy}, asked: "a"},
		{name: "a disabled origin is skipped", disabled: "a", asked: "b"},
		{name: "the healthy ones are disabled", disabled: "a b", health: map[string]Health{"c": Unhealthy}, asked: "c"},
		{name: "all are disabled", disabled: "a b c", failed: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				c := b.client("a", "b", "c")
				c.Disabled = func(name string) bool { return strings.Contains(test.disabled, name) }
				c.Health = func(backend string) Health { return test.health[backend] }
				begin := time.Now()
				_, err := ask(t, c, &Request{Method: cmp.Or(test.method, "GET"), Path: "/"})
				if errors.Is(err, ErrUnavailable) != test.failed || errors.Is(err, ErrDisabled) != test.failed || errors.Is(err, ErrCircuitOpen) {
					t.Error(err)
				}
				if got := b.calls(); got != test.asked || time.Since(begin) != 0 {
					t.Errorf("asked %q, want %q", got, test.asked)
				}
			})
		})
	}
}

func TestHealthIsAskedForOnceInAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		c := b.client("a")
		checks := 0
		c.Health = func(string) Health { checks++; return Healthy }
		for range 10 {
			_, _ = get(t, c) // 200
		}
		time.Sleep(memoryTime + time.Millisecond)
		_, _ = get(t, c) // 200
		if checks != 2 {
			t.Errorf("asked %d times, want 2", checks)
		}
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
