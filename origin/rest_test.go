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

// takesIn is a request that is answered only with a body that came to its end,
// however large. The reader waits after each step.
func takesIn(wait func()) *Request {
	req := miss()
	req.Accept = func(resp *Response) error {
		if resp.Rest == nil {
			return nil
		}
		for buf := make([]byte, restStep); ; wait() {
			if _, err := resp.Rest.Read(buf); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return fmt.Errorf("take it in: %w", err)
			}
		}
	}
	return req
}

func TestTheRestOfALargeBody(t *testing.T) {
	const second = time.Second
	beginning := part{text: strings.Repeat("x", 1<<10+1)} // just beyond the limit
	step := strings.Repeat("x", restStep)
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
			status, err := ask(t, c, takesIn(func() { at.wait(test.reader) }))
			if !errors.Is(err, test.err) || (status == 200) != test.ok {
				t.Errorf("got %d, %v", status, err)
			}
			if err != nil && !errors.Is(err, ErrNotAccepted) {
				t.Errorf("it was not Accept that refused: %v", err)
			}
			if got := b.calls(); got != test.asked {
				t.Errorf("asked %q, want %q", got, test.asked)
			}
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
	resp.Rest = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(strings.NewReader(strings.Repeat("x", 2<<10)), slow{6 * time.Second}), resp.Rest}
	return resp, err
}

func TestALargeBodyThatTricklesIsItsPathsFailure(t *testing.T) {
	for many, want := range map[bool]State{false: Closed, true: Open} {
		t.Run(fmt.Sprintf("of many pages: %t", many), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("a", large)
				c := b.client("a")
				for i := range 10 {
					req := takesIn(func() {})
					if many {
						req.Path = page(i)
					}
					_, _ = ask(t, c, req) // it fails
				}
				if got := state(t, c, "a"); got != want {
					t.Errorf("the circuit is %s, want %s", got, want)
				}
			})
		})
	}
}

func TestALargeBodyThatIsTakenInPastTheDeadlineIsStillJudged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", says(503, "Retry-After", "1"))
		b.script("b", func(ctx context.Context) (*Response, error) {
			time.Sleep(4 * time.Second)
			return large(ctx)
		})
		c := b.client("a", "b")
		for i := range 5 {
			req := takesIn(func() {})
			req.Path = page(i)
			_, _ = ask(t, c, req) // it fails, 16 s later
		}
		if got := circuits(c); !strings.Contains(got, "b open") {
			t.Errorf("the circuits: %s", got)
		}
	})
}

func TestAShieldWhoseLargeBodiesTrickleIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("shield", func(ctx context.Context) (*Response, error) {
			resp, _ := large(ctx)
			answer, err := gives("usable", 200)(ctx)
			answer.Rest = resp.Rest
			return answer, err
		})
		c := b.led("a")
		for i := range 5 {
			req := takesIn(func() {})
			req.Path = page(i)
			if status, err := ask(t, c, req); status != 200 {
				t.Error(err)
			}
		}
		if got := circuits(c); got != "shield open, a closed" {
			t.Errorf("the circuits: %s", got)
		}
	})
}

func TestWhatIsNotReadAheadMayTakeItsTime(t *testing.T) {
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
				req := miss()
				req.Streams = func(http.Header) bool { return test.streams }
				resp, err := b.client("a").Do(t.Context(), req, test.limit)
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Close()
				if _, err := io.CopyN(io.Discard, resp.Rest, 2<<10+100); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestAcceptMayGiveTheAnswerAnotherBody(t *testing.T) {
	opened, b := &bodies{}, newBed()
	b.script("a", opened.track(content(200, strings.Repeat("x", 2<<10))))
	req := miss()
	req.Accept = func(resp *Response) error {
		if err := resp.Rest.Close(); err != nil {
			return err
		}
		resp.Body, resp.Rest = nil, io.NopCloser(strings.NewReader("another"))
		return nil
	}
	resp, err := b.client("a").Do(t.Context(), req, 1<<10)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Close()
	if rest, err := io.ReadAll(resp.Rest); err != nil || resp.Body != nil || string(rest) != "another" {
		t.Errorf("got %q and %q, %v", resp.Body, rest, err)
	}
	if opened.open != 0 {
		t.Error("the origin's body is still open")
	}
}
