package origin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// trickles is a good header section and a body that never ends.
func trickles(context.Context) (*Response, error) {
	return &Response{Status: 200, Header: http.Header{}, Rest: slow{time.Second}}, nil
}

// stalls is a good header section and a body of which nothing comes until the
// host ends it.
func stalls(context.Context) (*Response, error) {
	return &Response{Status: 200, Header: http.Header{}, Rest: io.NopCloser(stalled{})}, nil
}

type stalled struct{}

func (stalled) Read([]byte) (int, error) {
	time.Sleep(10 * time.Second)
	return 0, errReset
}

// resets is a good header section and a connection that breaks.
func resets(context.Context) (*Response, error) {
	return &Response{Status: 200, Header: http.Header{}, Rest: io.NopCloser(broken{})}, nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errReset }

func TestOneBadPageTakesNoOriginAway(t *testing.T) {
	tests := []struct {
		name  string
		bad   reply
		page  State // of the circuit after failures of one page
		pages State // and of many
	}{
		{"a 500", says(500), Closed, Open},
		{"a 503", says(503), Closed, Open},
		{"a 503 that asks for patience", says(503, "Retry-After", "30"), Closed, Open},
		{"a 429", says(429), Closed, Open},
		{"a 429 that asks for patience", says(429, "Retry-After", "30"), Open, Open},
		{"an answer that is of no use", content(200, "<html>"), Closed, Open},
		{"a body that is cut short", truncates, Closed, Open},
		{"a body that breaks off", resets, Closed, Open},
		{"a body that trickles", trickles, Closed, Open},
		{"a body of which nothing comes", stalls, Open, Open},
		{"a refused connection", fails(errRefused), Open, Open},
		{"a reset connection", fails(errReset), Open, Open},
		{"no answer in time", hangs, Open, Open},
	}
	for _, test := range tests {
		for many, want := range map[bool]State{false: test.page, true: test.pages} {
			t.Run(fmt.Sprintf("%s, of many pages: %t", test.name, many), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBed()
					b.script("a", test.bad)
					c, other := b.client("a"), b.client("a")
					for i := range 20 {
						req := wantJSON()
						req.Path = "/bad"
						if many {
							req.Path = page(i)
						}
						_, _ = ask(t, c, req) // it fails
						c, other = other, c
						if state(t, c, "a") == Open {
							break
						}
					}
					if got := state(t, c, "a"); got != want {
						t.Fatalf("the circuit is %s, want %s", got, want)
					}
					if want == Open {
						return
					}
					b.script("a", says(200))
					if status, err := ask(t, c, &Request{Method: "GET", Path: "/sound"}); status != 200 {
						t.Errorf("a sound page is refused: %v", err)
					}
				})
			})
		}
	}
}

func TestWhatIsForOneClientAloneTakesNoOriginAway(t *testing.T) {
	tests := []struct {
		name string
		bad  reply
		want State
	}{
		{"a 500", says(500), Closed},
		{"a 429 that asks for an hour", says(429, "Retry-After", "3600"), Closed},
		{"a body that is cut short", truncates, Closed},
		{"a body that trickles", trickles, Closed},
		{"a refused connection", fails(errRefused), Open},
		{"no answer in time", hangs, Closed},
	}
	for _, test := range tests {
		for _, method := range []string{"GET", "POST"} {
			t.Run(method+", "+test.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBed()
					b.script("a", test.bad)
					c := b.client("a")
					for i := range 10 {
						_, _ = ask(t, c, &Request{Method: method, Path: page(i), Private: true}) // it fails
						if got := state(t, c, "a"); got == Open {
							break
						}
					}
					if got := state(t, c, "a"); got != test.want {
						t.Errorf("the circuit is %s, want %s", got, test.want)
					}
				})
			})
		}
	}
}

// A dead origin comes back, and the first to try it ask for one client alone.
func TestATrialForOneClientAlone(t *testing.T) {
	tests := []struct {
		name  string
		reply reply
		want  State // a moment later
	}{
		{"with a good answer closes the circuit", says(200), Closed},
		{"with a bad answer leaves it to a later request", says(500), Open},
		{"without an answer has failed", fails(errRefused), Open},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("a", fails(errRefused))
				c := b.client("a")
				failTimes(t, c, 5)
				time.Sleep(time.Second)
				b.script("a", test.reply)
				_, _ = ask(t, c, &Request{Method: "POST", Path: "/login", Private: true})
				time.Sleep(time.Millisecond)
				if got := state(t, c, "a"); got != test.want {
					t.Errorf("the circuit is %s, want %s", got, test.want)
				}
			})
		})
	}
}

// An origin is back after a long outage, but for one page that everybody asks
// for because it is never kept. The sound pages need not wait for luck at the
// end of long pauses.
func TestABadPageDoesNotKeepARecoveredOriginAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", fails(errRefused))
		c := b.client("a")
		failTimes(t, c, 5)
		for time.Until(c.Status()[0].NextTrial) < 30*time.Second {
			time.Sleep(time.Until(c.Status()[0].NextTrial))
			_, _ = get(t, c) // refused
		}
		bad := func() {
			b.script("a", says(500))
			_, _ = ask(t, c, &Request{Method: "GET", Path: "/bad"}) // it fails
			b.script("a", says(200))
		}
		sound := &Request{Method: "GET", Path: "/sound"}
		time.Sleep(time.Until(c.Status()[0].NextTrial))
		bad()
		time.Sleep(time.Until(c.Status()[0].NextTrial))
		for range 10 {
			bad() // it has to wait for longer than a sound one
			time.Sleep(time.Second)
			bad()
			if wait := time.Until(c.Status()[0].NextTrial); wait != time.Second {
				t.Fatalf("after the bad page's trial the next one is in %v", wait)
			}
			time.Sleep(time.Second)
		}
		if status, err := ask(t, c, sound); status != 200 {
			t.Errorf("a sound page is refused: %v", err)
		}
		for range 20 {
			bad()
			if status, err := ask(t, c, sound); status != 200 {
				t.Fatalf("a sound page is refused again: %v", err)
			}
		}
	})
}

func TestSandboxesShareWhatIsKnownOfPaths(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", says(500))
		for i := range 4 {
			for range 3 {
				_, _ = ask(t, b.client("a"), &Request{Method: "GET", Path: page(i)}) // it fails
			}
		}
		if got := b.client("a").Status()[0].Failures; got != 4 {
			t.Errorf("%d failures, want 4", got)
		}
		_, _ = ask(t, b.client("a"), &Request{Method: "GET", Path: page(4)}) // it fails
		if _, err := get(t, b.client("a")); !errors.Is(err, ErrCircuitOpen) {
			t.Errorf("five pages fail, and the origin is asked: %v", err)
		}
	})
}

// late answers with a status after a while.
func late(status int, after time.Duration) reply {
	return func(ctx context.Context) (*Response, error) {
		time.Sleep(after)
		return says(status)(ctx)
	}
}

// An API may have one path only, and a gateway before it that gives up late.
func TestABadAnswerThatComesLateIsTheOrigins(t *testing.T) {
	for status, want := range map[int]State{504: Open, 404: Closed} {
		synctest.Test(t, func(t *testing.T) {
			b := newBed()
			b.script("a", late(status, 3*time.Second))
			c := b.client("a")
			for range 8 {
				_, _ = ask(t, c, &Request{Method: "GET", Path: "/only"}) // it may fail
			}
			if got := state(t, c, "a"); got != want {
				t.Errorf("after %ds the circuit is %s, want %s", status, got, want)
			}
		})
	}
}
