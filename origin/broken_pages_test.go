package origin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"larder/origin/breaker"
)

// pages is an origin that answers by path.
type pages struct {
	bed    *bed
	answer func(path string) reply
}

func (p pages) Send(ctx context.Context, backend string, req *Request) (*Response, error) {
	p.bed.script(backend, p.answer(req.Path))
	return p.bed.Send(ctx, backend, req)
}

func TestFiftyBrokenPagesLeaveTheHealthyOnesAlone(t *testing.T) {
	for name, broken := range map[string]reply{
		"a 500": says(500), "a 503": says(503), "a truncated body": truncates, "not JSON": content(200, "<html>"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				clients := []*Client{b.client("a"), b.client("a")}
				for _, c := range clients {
					c.Sender = pages{b, func(path string) reply {
						if strings.HasPrefix(path, "/broken/") {
							return broken
						}
						return says(200)
					}}
				}
				for i := range 900 { // of ten requests nine are for broken pages
					c := clients[i%2]
					if i%10 > 0 {
						_, _ = do(t, c, fetchJSON(fmt.Sprint("/broken/", i%50))) // it fails
					} else if status, err := do(t, c, fetchJSON(fmt.Sprint("/healthy/", i))); status != 200 {
						t.Errorf("a healthy page is refused: %v", err)
					}
					time.Sleep(20 * time.Millisecond)
				}
				wantState(t, clients[0], "a", breaker.Closed)
			})
		})
	}
}

func TestAFast503OnEverNewQueriesIsAskedForHardlyMoreThanOnceEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const requests = 3000 // 50 a second, for a minute
		b := newBed()
		b.script("a", says(503))
		c := b.client("a")
		c.Origins[0].Retries = 3
		for i := range requests {
			if status, err := do(t, c, fetch(fmt.Sprint("/search?q=", i))); status != 503 {
				t.Fatal(err)
			}
			time.Sleep(20 * time.Millisecond)
		}
		if got := len(strings.Fields(b.calls())); got > requests+5 {
			t.Errorf("%d requests became %d attempts", requests, got)
		}
		wantState(t, c, "a", breaker.Closed)
	})
}

func TestAnOriginThatMostlyAnswersIsAskedTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		c := b.client("a")
		for i := range 100 {
			b.script("a", fails(errReset), says(200))
			if status, err := do(t, c, fetch(fmt.Sprint("/pages/", i))); status != 200 {
				t.Fatal(err)
			}
			b.script("a")
			_, _ = do(t, c, fetch(fmt.Sprint("/more/", i))) // 200
		}
		b.script("a", says(503))
		for i := range 20 {
			_, _ = do(t, c, fetch(fmt.Sprint("/broken/", i))) // 503
		}
		b.calls()
		_, _ = get(t, c) // 503
		b.wantCalls(t, "a")
		time.Sleep(c.Breaker.Window + time.Millisecond)
		_, _ = get(t, c) // 503
		b.wantCalls(t, "a a")
	})
}

func TestTheRetryBudgetIsSharedAmongTheSandboxesOfAPOP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", says(503))
		for i := range 5 {
			_, _ = do(t, b.client("a"), fetch(fmt.Sprint("/pages/", i))) // 503
		}
		b.calls()
		_, _ = get(t, b.client("a")) // 503
		b.wantCalls(t, "a")
	})
}

func TestTheNextOriginIsAskedWithoutABudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", says(503))
		c := b.client("a", "b")
		for i := range 20 {
			if status, err := do(t, c, fetch(fmt.Sprint("/pages/", i))); status != 200 {
				t.Error(err)
			}
		}
		b.calls()
		_, _ = get(t, c) // 200
		b.wantCalls(t, "a b")
	})
}

func TestOneHotURLDoesNotOpenTheCircuit(t *testing.T) {
	for name, failure := range map[string]reply{"it hangs": hangs, "it is refused": fails(errRefused)} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("a", failure)
				c := b.client("a")
				for range 50 {
					if _, err := do(t, c, fetch("/hot")); !errors.Is(err, ErrUnavailable) || errors.Is(err, ErrCircuitOpen) {
						t.Fatal(err)
					}
				}
				wantState(t, c, "a", breaker.Closed)
				if got := circuitOf(c, 0).Failures; got != 1 {
					t.Errorf("%d failures count, want 1", got)
				}
			})
		})
	}
}
