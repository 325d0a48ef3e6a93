package origin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// slow gives a byte and waits.
type slow struct{ pause time.Duration }

func (s slow) Read(p []byte) (int, error) {
	time.Sleep(s.pause)
	p[0] = 'x'
	return 1, nil
}

func (slow) Close() error { return nil }

func TestReadingAhead(t *testing.T) {
	response := func(status int, rest io.ReadCloser, length string) reply {
		return func(context.Context) (*Response, error) {
			h := http.Header{}
			if length != "" {
				h.Set("Content-Length", length)
			}
			return &Response{Status: status, Header: h, Rest: rest}, nil
		}
	}
	text := func(s string) io.ReadCloser { return io.NopCloser(strings.NewReader(s)) }
	tests := []struct {
		name   string
		method string
		limit  int64
		reply  reply
		body   string
		rest   string
		err    error
	}{
		{name: "a body within the limit", limit: 10, reply: response(200, text("0123456789"), "10"), body: "0123456789"},
		{name: "a body of unknown length", limit: 10, reply: response(200, text("0123"), ""), body: "0123"},
		{name: "nothing is read ahead", limit: 0, reply: response(200, text("0123"), "4"), rest: "0123"},
		{name: "a body that is cut short", limit: 10, reply: response(200, text("0123"), "9"), err: ErrTruncated},
		{name: "HEAD announces what does not come", method: "HEAD", limit: 10, reply: response(200, text(""), "9")},
		{name: "304 announces what does not come", limit: 10, reply: response(304, text(""), "9")},
		{name: "a body that trickles", limit: 1 << 20, reply: response(200, slow{time.Second}, ""), err: ErrTimeout},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("a", test.reply)
				c := b.client("a")
				c.Origins[0].Retries = 0
				method := "GET"
				if test.method != "" {
					method = test.method
				}
				resp, err := c.Do(t.Context(), &Request{Method: method, Path: "/"}, test.limit)
				if !errors.Is(err, test.err) || (err != nil) != (test.err != nil) {
					t.Fatal(err)
				}
				if failed := c.Status()[0].Failures > 0; failed != (err != nil) {
					t.Errorf("%v, and the circuit knows %v", err, failed)
				}
				if err != nil {
					return
				}
				var rest []byte
				if resp.Rest != nil {
					if rest, err = io.ReadAll(resp.Rest); err != nil {
						t.Error(err)
					}
				}
				if string(resp.Body) != test.body || string(rest) != test.rest {
					t.Errorf("got %q and %q", resp.Body, rest)
				}
			})
		})
	}
}

func TestABodyBeyondTheLimitIsGivenInTwoParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		whole := strings.Repeat("0123456789", 1000)
		b := newBed()
		b.script("a", func(context.Context) (*Response, error) {
			return &Response{Status: 200, Header: http.Header{}, Rest: io.NopCloser(strings.NewReader(whole))}, nil
		})
		resp, err := b.client("a").Do(t.Context(), &Request{Method: "GET", Path: "/"}, 100)
		if err != nil {
			t.Fatal(err)
		}
		rest, err := io.ReadAll(resp.Rest)
		if err != nil || len(resp.Body) < 100 || string(resp.Body)+string(rest) != whole {
			t.Errorf("got %d and %d bytes, %v", len(resp.Body), len(rest), err)
		}
	})
}
