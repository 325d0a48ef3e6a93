package origin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"larder/origin/breaker"
)

// upload is a client's own request with a body.
func upload(path string) *Request {
	return &Request{Method: http.MethodPost, Path: path, Route: "posts", PassThrough: true, Body: io.NopCloser(strings.NewReader("{}"))}
}

// own is a client's own request without a body.
func own(path string) *Request {
	req := fetch(path)
	req.PassThrough = true
	return req
}

func TestNothingThatPassesThroughMovesACircuit(t *testing.T) {
	abort := func(ctx context.Context) (*Response, error) { return nil, errors.New("the client hung up") }
	answers := map[string]reply{
		"a broken upload": abort, "a refused connection": fails(errRefused), "a reset connection": fails(errReset),
		"a connection that times out": connectionTimesOut, "a timeout": after(time.Second, fails(ErrTimeout)),
		"a 500": says(500), "a late 504": after(4*time.Second, says(504)), "a 429": says(429, "Retry-After", "3600"),
		"a truncated body": truncates, "a body that stalls": sends(silence{10 * time.Second}), "a good answer": says(200),
	}
	for name, answer := range answers {
		for kind, request := range map[string]func(string) *Request{"an upload": upload, "a GET": own} {
			t.Run(kind+" meets "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBed()
					b.openCircuit(t, "b")
					c := b.client("a", "b")
					b.script("a", fails(errRefused))
					_, _ = do(t, c, fetch("/")) // one failure of a
					before := fmt.Sprint(c.Status())
					b.script("a", answer)
					b.script("b", answer)
					for i := range 20 {
						_, _ = do(t, c, request(fmt.Sprint("/carts/", i))) // most fail
					}
					time.Sleep(time.Minute) // b's cooldown is over, and these do not probe
					_, _ = do(t, c, request("/carts/"))
					if got := circuitOf(c, 1); got.State != breaker.HalfOpen || got.Failures != 5 {
						t.Errorf("the open circuit has moved: %+v", got)
					}
					_, _ = do(t, c, request("/carts/"))
					if got := circuitOf(c, 0); got.State != breaker.Closed || got.Failures > 1 {
						t.Errorf("the closed circuit has moved: %+v, before %s", got, before)
					}
				})
			})
		}
	}
}

func TestWhatPassesThroughAsksClosedCircuitsFirst(t *testing.T) {
	tests := []struct {
		name   string
		open   string
		req    *Request
		a, b   reply
		asked  string
		status int
	}{
		{"all are closed", "", upload("/"), nil, nil, "a", 200},
		{"the first is open", "a", upload("/"), nil, nil, "b", 200},
		{"all are open", "a b", upload("/"), nil, nil, "a", 200},
		{"an upload is sent once", "", upload("/"), fails(errReset), nil, "a", 0},
		{"an upload is sent once, whatever the status", "", upload("/"), says(503), nil, "a", 503},
		{"a GET goes on", "", own("/"), fails(errRefused), nil, "a a b", 200},
		{"a GET goes on to an open circuit", "a", own("/"), nil, fails(errRefused), "b a", 200},
		{"an origin with an open circuit is not asked twice", "a b", own("/"), fails(errRefused), fails(errRefused), "a b", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				for name := range strings.FieldsSeq(test.open) {
					b.openCircuit(t, name)
				}
				b.script("a", test.a)
				b.script("b", test.b)
				if test.a == nil {
					b.script("a")
				}
				if test.b == nil {
					b.script("b")
				}
				if status, err := do(t, b.client("a", "b"), test.req); status != test.status {
					t.Errorf("got %d, %v", status, err)
				}
				b.wantCalls(t, test.asked)
			})
		})
	}
}

func TestAnUploadMayTakeLongerThanAnyTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", after(time.Minute, says(201)))
		c := b.client("a")
		resp, err := c.Do(t.Context(), upload("/files"), 1<<10)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Close()
		if resp.Status != 201 || string(resp.Body) != "{body}" {
			t.Errorf("got %d and %q", resp.Status, resp.Body)
		}
	})
}

func TestAnUploadEndsWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", hangs)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begin := time.Now()
		if _, err := b.client("a").Do(ctx, upload("/files"), 0); !errors.Is(err, ErrUnavailable) || time.Since(begin) != time.Minute {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
	})
}

func TestContentIsNoUpload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", hangs)
		c := b.client("a")
		c.Origins[0].Retries = 0
		begin := time.Now()
		req := fetch("/search")
		req.Method, req.Content = "QUERY", []byte(`{"q":"tea"}`)
		if _, err := do(t, c, req); !errors.Is(err, ErrTimeout) || time.Since(begin) != 5*time.Second {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
	})
}
