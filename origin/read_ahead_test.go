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

func TestReadingAhead(t *testing.T) {
	response := func(status int, body io.ReadCloser, length string) reply {
		return func(context.Context) (*Response, error) {
			h := http.Header{}
			if length != "" {
				h.Set("Content-Length", length)
			}
			return &Response{Status: status, Header: h, Remainder: body}, nil
		}
	}
	text := func(s string) io.ReadCloser { return io.NopCloser(strings.NewReader(s)) }
	tests := []struct {
		name   string
		method string
		limit  int64
		reply  reply
		body   string
		more   string
		err    error
	}{
		{name: "a body within the limit", limit: 10, reply: response(200, text("0123456789"), "10"), body: "0123456789"},
		{name: "a body of unknown length", limit: 10, reply: response(200, text("0123"), ""), body: "0123"},
		{name: "nothing is read ahead", limit: 0, reply: response(200, text("0123"), "4"), more: "0123"},
		{name: "a body that is cut short", limit: 10, reply: response(200, text("0123"), "9"), err: ErrTruncated},
		{name: "HEAD announces what does not come", method: "HEAD", limit: 10, reply: response(200, text(""), "9")},
		{name: "304 announces what does not come", limit: 10, reply: response(304, text(""), "9")},
		{name: "a body that trickles", limit: 1 << 20, reply: response(200, io.NopCloser(trickle{time.Second}), ""), err: ErrTimeout},
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
				if err != nil {
					return
				}
				var more []byte
				if resp.Remainder != nil {
					if more, err = io.ReadAll(resp.Remainder); err != nil {
						t.Error(err)
					}
				}
				if string(resp.Body) != test.body || string(more) != test.more {
					t.Errorf("got %q and %q", resp.Body, more)
				}
			})
		})
	}
}

func TestABodyBeyondTheLimitComesInTwoParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		whole := strings.Repeat("0123456789", 1000)
		b := newBed()
		b.script("a", func(context.Context) (*Response, error) {
			return &Response{Status: 200, Header: http.Header{}, Remainder: io.NopCloser(strings.NewReader(whole))}, nil
		})
		resp, err := b.client("a").Do(t.Context(), &Request{Method: "GET", Path: "/"}, 100)
		if err != nil {
			t.Fatal(err)
		}
		more, err := io.ReadAll(resp.Remainder)
		if err != nil || len(resp.Body) < 100 || string(resp.Body)+string(more) != whole {
			t.Errorf("got %d and %d bytes, %v", len(resp.Body), len(more), err)
		}
	})
}
