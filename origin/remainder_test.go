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
)

// readsAll is a request that accepts only a complete body, however large. The
// reader waits after each step.
func readsAll(wait func()) *Request {
	req := fetch("/")
	req.Accept = func(resp *Response) error {
		if resp.Remainder == nil {
			return nil
		}
		for buf := make([]byte, remainderStep); ; wait() {
			if _, err := resp.Remainder.Read(buf); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return fmt.Errorf("take it in: %w", err)
			}
		}
	}
	return req
}

func TestTheRemainderOfALargeBody(t *testing.T) {
	const second = time.Second
	beginning := part{text: strings.Repeat("x", 1<<10+1)} // just beyond the limit
	step := strings.Repeat("x", remainderStep)
	end := part{err: io.EOF}
	slowly := func(d time.Duration) []part {
		parts := []part{beginning}
		for range 6 {
			parts = append(parts, part{after: d, text: step})
		}
		return append(parts, end)
	}
	tests := []struct {
		name   string
		first  func(*clock) reply
		second func(*clock) reply // a good answer by default
		reader time.Duration      // between two reads
		asked  string
		ok     bool
		took   time.Duration
		err    error
	}{
		{
			name:  "it trickles",
			first: func(c *clock) reply { return c.sends(0, beginning, part{after: 6 * second, text: "x"}) },
			asked: "a b", ok: true, took: 12 * second,
		},
		{
			name:   "it trickles, and the next one has no answer",
			first:  func(c *clock) reply { return c.sends(0, beginning, part{after: 6 * second, text: "x"}) },
			second: func(*clock) reply { return fails(errRefused) },
			asked:  "a b", took: 12 * second, err: ErrTimeout,
		},
		{
			name:  "it stalls until the host ends it",
			first: func(c *clock) reply { return c.sends(0, beginning, part{after: 5 * second, err: errReset}) },
			asked: "a b", ok: true, took: 5 * second,
		},
		{
			name:   "it stalls until the host ends it as if it were whole",
			first:  func(c *clock) reply { return c.announces("4096", beginning, part{after: 5 * second, err: io.EOF}) },
			second: func(*clock) reply { return fails(errRefused) },
			asked:  "a b", took: 5 * second, err: ErrTimeout,
		},
		{
			name:   "it breaks off, and the next one has no answer",
			first:  func(c *clock) reply { return c.sends(second, beginning, part{err: errReset}) },
			second: func(*clock) reply { return fails(errRefused) },
			asked:  "a b a", took: 2 * second, err: ErrTruncated,
		},
		{
			name:   "it is shorter than announced, and so is the next one",
			first:  func(c *clock) reply { return c.announces("4096", beginning, end) },
			second: func(c *clock) reply { return c.announces("4096", beginning, end) },
			asked:  "a b a", err: ErrTruncated,
		},
		{
			name:  "it is as long as announced",
			first: func(c *clock) reply { return c.announces("1025", beginning, end) },
			asked: "a", ok: true,
		},
		{
			name:  "it takes longer than all attempts may, and gets on",
			first: func(c *clock) reply { return c.sends(0, slowly(9*second)...) },
			asked: "a", ok: true, took: 54 * second,
		},
		{
			name:  "the reader is slow",
			first: func(c *clock) reply { return c.sends(0, slowly(0)...) }, reader: 20 * second,
			asked: "a", ok: true, took: 120 * second,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			start := time.UnixMilli(1_800_000_000_000)
			at := &clock{start}
			b := newBed()
			b.script("a", test.first(at))
			b.script("b", at.sends(0, beginning, end))
			if test.second != nil {
				b.script("b", test.second(at))
			}
			c := b.client("a", "b")
			c.Now, c.Breaker.Failures = func() time.Time { return at.now }, 0
			status, err := do(t, c, readsAll(func() { at.wait(test.reader) }))
			if !errors.Is(err, test.err) || (status == 200) != test.ok {
				t.Errorf("got %d, %v", status, err)
			}
			if err != nil && !errors.Is(err, ErrNotAccepted) {
				t.Errorf("it was not Accept that refused: %v", err)
			}
			b.wantCalls(t, test.asked)
			if took := at.now.Sub(start); took != test.took {
				t.Errorf("took %v, want %v", took, test.took)
			}
		})
	}
}

// large is the header section and the beginning of a body, of which then a byte
// comes now and then.
func large(ctx context.Context) (*Response, error) {
	resp, err := says(200)(ctx)
	resp.Remainder = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(strings.NewReader(strings.Repeat("x", 2<<10)), trickle{6 * time.Second}), resp.Remainder}
	return resp, err
}

func TestABodyThatIsNotReadAheadMayTakeItsTime(t *testing.T) {
	tests := []struct {
		name    string
		limit   int64
		streams bool
	}{
		{"nothing is", 0, false},
		{"nor is a stream", 1 << 10, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("a", large)
				req := fetch("/")
				req.Streams = func(http.Header) bool { return test.streams }
				resp, err := b.client("a").Do(t.Context(), req, test.limit)
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Close()
				if _, err := io.CopyN(io.Discard, resp.Remainder, 2<<10+100); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestAcceptMayGiveTheAnswerAnotherBody(t *testing.T) {
	opened, b := &bodies{}, newBed()
	b.script("a", opened.track(content(200, strings.Repeat("x", 2<<10))))
	req := fetch("/")
	req.Accept = func(resp *Response) error {
		if err := resp.Remainder.Close(); err != nil {
			return err
		}
		resp.Body, resp.Remainder = nil, io.NopCloser(strings.NewReader("another"))
		return nil
	}
	resp, err := b.client("a").Do(t.Context(), req, 1<<10)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Close()
	if more, err := io.ReadAll(resp.Remainder); err != nil || resp.Body != nil || string(more) != "another" {
		t.Errorf("got %q and %q, %v", resp.Body, more, err)
	}
	if opened.open != 0 {
		t.Error("the origin's body is still open")
	}
}
