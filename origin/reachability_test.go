package origin

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/origin/breaker"
)

// connectionTimesOut fails as the platform does after a second.
func connectionTimesOut(context.Context) (*Response, error) {
	time.Sleep(time.Second)
	return nil, classify(fsthttp.SendError{Tag: fsthttp.SendErrorConnectionTimeout})
}

func TestWhatACircuitCounts(t *testing.T) {
	tests := []struct {
		name   string
		answer reply
		counts bool
	}{
		{"a refused connection", fails(errRefused), true},
		{"a reset connection", fails(errReset), true},
		{"a TLS failure", fails(classify(fsthttp.SendError{Tag: fsthttp.SendErrorTLSCertificateError})), true},
		{"a DNS failure", fails(classify(fsthttp.SendError{Tag: fsthttp.SendErrorDNSError})), true},
		{"a connection that times out", connectionTimesOut, true},
		{"no header in time", hangs, true},
		{"a body that stalls at its beginning", sends(silence{10 * time.Second}), true},
		{"a failing status that took long", after(3*time.Second, says(504)), true},

		{"a good answer", says(200), false},
		{"a good answer that took long", after(4*time.Second, says(200)), false},
		{"a missing page", says(404), false},
		{"a fast 500", says(500), false},
		{"a fast 503", says(503), false},
		{"a fast 503 with Retry-After", says(503, "Retry-After", "30"), false},
		{"a 429", says(429), false},
		{"a 429 with Retry-After", says(429, "Retry-After", "3600"), false},
		{"an answer that is not accepted", content(200, "<html>"), false},
		{"a body that is shorter than announced", truncates, false},
		{"a body that breaks off", sends(silence{time.Second}), false},
		{"a body that trickles", sends(trickle{time.Second}), false},
		{"a header section that is too large", fails(classify(fsthttp.SendError{Tag: fsthttp.SendErrorHTTPResponseHeaderSectionTooLarge})), false},
		{"an answer that is not HTTP", fails(classify(fsthttp.SendError{Tag: fsthttp.SendErrorHTTPProtocolError})), false},
		{"a request that cannot be sent", fails(ErrRequest), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("a", test.answer)
				c, want := b.client("a"), breaker.Closed
				for i := range 20 {
					_, _ = do(t, c, fetchJSON(fmt.Sprint("/pages/", i))) // most fail
					if test.counts && circuitOf(c, 0).State == breaker.Open {
						want = breaker.Open
						break
					}
				}
				if test.counts && want != breaker.Open {
					t.Error("twenty failures did not open the circuit")
				}
				wantState(t, c, "a", want)
				if n := b.cache.Open(); n != 0 {
					t.Errorf("%d handles are open", n)
				}
			})
		})
	}
}

func TestAnyAnswerTakesAFailureBack(t *testing.T) {
	for name, answer := range map[string]reply{
		"a good one": says(200), "a fast 500": says(500), "a truncated one": truncates, "a useless one": content(200, "<html>"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				c := b.client("a")
				c.Origins[0].Retries = 0
				for i := range 100 {
					b.script("a", fails(errRefused))
					_, _ = do(t, c, fetchJSON(fmt.Sprint("/refused/", i))) // refused
					b.script("a", answer)
					_, _ = do(t, c, fetchJSON(fmt.Sprint("/pages/", i))) // an answer
				}
				wantState(t, c, "a", breaker.Closed)
			})
		})
	}
}

func TestAnOriginThatHadTooLittleTimeLeftIsNotCounted(t *testing.T) {
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
		if circuitOf(c, 0).Failures != 1 || circuitOf(c, 1).Failures != 0 {
			t.Errorf("the origins have %d and %d failures", circuitOf(c, 0).Failures, circuitOf(c, 1).Failures)
		}
	})
}

func TestAProbeCountsHoweverLittleTimeItHad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.openCircuit(t, "b")
		time.Sleep(time.Second)
		b.script("a", hangs)
		b.script("b", hangs)
		c := b.client("a", "b")
		c.Deadline = 7 * time.Second
		_, _ = get(t, c) // a timeout
		b.wantCalls(t, "a b")
		if got := circuitOf(c, 1); got.State != breaker.Open || got.Failures != 6 {
			t.Errorf("after the probe: %+v", got)
		}
	})
}

// A shield bounds a request by less than its origin's timeout.
func TestAFirstAttemptCountsHoweverLittleTimeItHad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", hangs)
		c := b.client("a")
		for i := range 5 {
			req := fetch(fmt.Sprint("/pages/", i))
			req.Within = 2 * time.Second
			_, _ = do(t, c, req) // a timeout
		}
		wantState(t, c, "a", breaker.Open)
	})
}

func TestACallerThatGivesUpIsNotCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", hangs)
		c := b.client("a")
		for i := range 20 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if _, err := c.Do(ctx, fetch(fmt.Sprint("/pages/", i)), 0); !errors.Is(err, ErrUnavailable) {
				t.Error(err)
			}
			cancel()
		}
		if got := circuitOf(c, 0).Failures; got != 0 {
			t.Errorf("%d failures", got)
		}
	})
}

func TestUnreachableTellsTheOriginsFailuresFromTheURLs(t *testing.T) {
	tests := []struct {
		name          string
		first, second reply
		want          bool
	}{
		{"both refuse", fails(errRefused), fails(errRefused), true},
		{"both hang", hangs, hangs, true},
		{"one refuses, one hangs", fails(errRefused), hangs, true},
		{"a body stalls", sends(silence{10 * time.Second}), fails(errRefused), true},
		{"one is truncated", truncates, fails(errRefused), false},
		{"the other is truncated", fails(errRefused), truncates, false},
		{"one is not accepted", content(200, "<html>"), fails(errRefused), false},
		{"one trickles", sends(trickle{time.Second}), fails(errRefused), false},
		{"one is malformed", fails(errMalformed), fails(errRefused), false},
		{"the request cannot be sent", fails(ErrRequest), nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("a", test.first)
				b.script("b", test.second)
				_, err := do(t, b.client("a", "b"), fetchJSON("/"))
				if err == nil || Unreachable(err) != test.want {
					t.Errorf("unreachable is %t, want %t: %v", !test.want, test.want, err)
				}
			})
		})
	}
	if Unreachable(nil) {
		t.Error("no error is about reachability")
	}
	if !Unreachable(fmt.Errorf("fetch: %w", &OpenError{})) || !Unreachable(ErrDisabled) {
		t.Error("open circuits are about the URL")
	}
}

// Accept reads large bodies itself.
func TestAStallThatAcceptMeetsIsTheOrigins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		c := b.client("a")
		for i := range 5 {
			b.script("a", sends(&stallsAfter{left: 2 << 10}))
			req := readsAll(func() {})
			req.Path = fmt.Sprint("/pages/", i)
			if _, err := do(t, c, req); !Unreachable(err) || !errors.Is(err, ErrNotAccepted) {
				t.Error(err)
			}
		}
		wantState(t, c, "a", breaker.Open)
	})
}

// stallsAfter is a body of which nothing arrives after some bytes.
type stallsAfter struct{ left int }

func (s *stallsAfter) Read(p []byte) (int, error) {
	if s.left == 0 {
		return silence{10 * time.Second}.Read(p)
	}
	n := min(s.left, len(p))
	s.left -= n
	return n, nil
}
