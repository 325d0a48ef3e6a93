package origin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// events sends one byte a second, for ever.
func events(context.Context) (*Response, error) {
	return &Response{Status: 200, Header: http.Header{"Content-Type": {"text/event-stream"}}, Remainder: io.NopCloser(trickle{time.Second})}, nil
}

func isStream(h http.Header) bool { return h.Get("Content-Type") == "text/event-stream" }

func TestAStreamIsNotReadAhead(t *testing.T) {
	tests := []struct {
		name   string
		origin reply
		shield reply // none by default
		asked  string
	}{
		{"of an origin", events, nil, "a"},
		{"of a shield", says(500), shieldSays("usable", 200, "Content-Type", "text/event-stream"), "shield"},
		{"of an origin behind one that fails so", says(503, "Content-Type", "text/event-stream", "Retry-After", "1"), nil, "a b"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("a", test.origin)
				b.script("b", events)
				b.script("shield", test.shield)
				c := b.edge("a", "b")
				req := miss()
				if test.shield == nil {
					c.Shield = nil
				}
				accepted := false
				req.Streams = isStream
				req.Accept = func(resp *Response) error { accepted = resp.Body == nil && resp.Remainder != nil; return nil }
				begin := time.Now()
				resp, err := c.Do(t.Context(), req, 1<<10)
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Close()
				if resp.Body != nil || resp.Remainder == nil || !accepted || time.Since(begin) != 0 {
					t.Errorf("%q was read ahead in %v", resp.Body, time.Since(begin))
				}
				if _, err := io.ReadFull(resp.Remainder, make([]byte, 1)); err != nil {
					t.Error(err)
				}
				b.wantCalls(t, test.asked)
			})
		})
	}
}

func TestWhatIsNoStreamIsReadAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", truncates)
		c := b.client("a")
		if _, err := do(t, c, &Request{Method: "GET", Streams: isStream}); !errors.Is(err, ErrTruncated) {
			t.Error(err)
		}
	})
}
