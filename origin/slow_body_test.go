package origin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"
)

// clock moves only while host calls wait, which contexts do not notice.
type clock struct{ now time.Time }

func (c *clock) wait(d time.Duration) { c.now = c.now.Add(d) }

// part of a body that comes after a while.
type part struct {
	after time.Duration
	text  string
	err   error
}

// parts is a body whose last part repeats.
type parts struct {
	clock *clock
	left  []part
}

func (p *parts) Read(buf []byte) (int, error) {
	next := p.left[0]
	if len(p.left) > 1 {
		p.left = p.left[1:]
	}
	p.clock.wait(next.after)
	return copy(buf, next.text), next.err
}

func (*parts) Close() error { return nil }

// sends is an answer whose header section takes a while too.
func (c *clock) sends(after time.Duration, body ...part) reply {
	return func(context.Context) (*Response, error) {
		c.wait(after)
		return &Response{Status: 200, Header: http.Header{}, Remainder: &parts{c, body}}, nil
	}
}

// announces is the same at once, with a length.
func (c *clock) announces(length string, body ...part) reply {
	return func(ctx context.Context) (*Response, error) {
		resp, err := c.sends(0, body...)(ctx)
		resp.Header.Set("Content-Length", length)
		return resp, err
	}
}

func TestABodyThatStopsLeavesTimeForTheNextOrigin(t *testing.T) {
	const second = time.Second
	whole := part{text: "whole", err: io.EOF}
	broken := part{err: errReset}
	tests := []struct {
		name          string
		first, second func(*clock) reply
		asked         string
		ok            bool
		took          time.Duration
		err           error
	}{
		{
			name:  "it stalls until the host ends it",
			first: func(c *clock) reply { return c.sends(0, part{text: "some"}, part{after: 10 * second, err: errReset}) },
			asked: "a b", ok: true, took: 10 * second,
		},
		{
			name:  "it stalls until the host ends it as if it were whole",
			first: func(c *clock) reply { return c.announces("100", part{after: 10 * second, err: io.EOF}) },
			asked: "a b", ok: true, took: 10 * second,
		},
		{
			name:   "it stalls, and the next one has no answer",
			first:  func(c *clock) reply { return c.sends(0, part{after: 10 * second, err: errReset}) },
			second: func(*clock) reply { return fails(errRefused) },
			asked:  "a b", took: 10 * second, err: ErrTimeout,
		},
		{
			name:  "it trickles",
			first: func(c *clock) reply { return c.sends(0, part{after: second, text: "x"}) },
			asked: "a b", ok: true, took: 11 * second,
		},
		{
			name:   "the next one trickles as well, past the deadline of all",
			first:  func(c *clock) reply { return c.sends(0, part{after: second, text: "x"}) },
			second: func(c *clock) reply { return c.sends(0, part{after: second, text: "x"}) },
			asked:  "a b", took: 15 * second, err: ErrTimeout,
		},
		{
			name:   "it breaks off, and so does the next one",
			first:  func(c *clock) reply { return c.sends(second, broken) },
			second: func(c *clock) reply { return c.sends(second, broken) },
			asked:  "a b a", took: 3 * second, err: ErrTruncated,
		},
		{
			name:   "there is too little time for another attempt",
			first:  func(c *clock) reply { return c.sends(4*second, part{after: 4 * second, text: "x"}, broken) },
			second: func(c *clock) reply { return c.sends(4*second, part{after: 2970 * time.Millisecond}, broken) },
			asked:  "a b", took: 14970 * time.Millisecond, err: ErrTruncated,
		},
		{
			name:  "a large part of the time is left",
			first: func(c *clock) reply { return c.sends(0, part{after: 4 * second, text: "x"}, broken) },
			asked: "a b", ok: true, took: 4 * second,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			start := time.UnixMilli(1_800_000_000_000)
			at := &clock{start}
			b := newBed()
			b.script("a", test.first(at))
			b.script("b", at.sends(0, whole))
			if test.second != nil {
				b.script("b", test.second(at))
			}
			c := b.client("a", "b")
			c.Now, c.Breaker.Failures = func() time.Time { return at.now }, 0
			status, err := get(t, c)
			if !errors.Is(err, test.err) || (status == 200) != test.ok {
				t.Errorf("got %d, %v", status, err)
			}
			b.wantCalls(t, test.asked)
			if took := at.now.Sub(start); took != test.took {
				t.Errorf("took %v, want %v", took, test.took)
			}
		})
	}
}
