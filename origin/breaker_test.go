package origin

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder/config"
)

func TestAFailingOriginIsLeftAloneAndTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", fails(errRefused))
		c := b.client("a")
		failTimes(t, c, 5)
		if got := b.calls(); got != "a a a a a" {
			t.Fatalf("asked %q", got)
		}
		begin := time.Now()
		_, err := get(t, c)
		if !errors.Is(err, ErrUnavailable) || !errors.Is(err, ErrCircuitOpen) || time.Since(begin) != 0 || b.calls() != "" {
			t.Errorf("an open circuit does not end it at once: %v", err)
		}

		// Pauses of 1, 2, 4 s, each with one trial that is not repeated.
		for _, pause := range []time.Duration{1, 2, 4} {
			time.Sleep(pause*time.Second - time.Millisecond)
			if _, err := get(t, c); !errors.Is(err, ErrCircuitOpen) || b.calls() != "" {
				t.Errorf("tried before the pause of %ds was over: %v", pause, err)
			}
			time.Sleep(time.Millisecond)
			if _, err := get(t, c); errors.Is(err, ErrCircuitOpen) || b.calls() != "a" {
				t.Errorf("not tried after the pause of %ds: %v", pause, err)
			}
		}

		b.script("a", says(200))
		time.Sleep(8 * time.Second)
		if got := state(t, c, "a"); got != HalfOpen {
			t.Errorf("got %s", got)
		}
		for range 3 {
			if status, err := get(t, c); status != 200 {
				t.Error(err)
			}
		}
		if got := state(t, c, "a"); got != Closed || b.calls() != "a a a" {
			t.Errorf("got %s", got)
		}
		if n := b.cache.Open(); n != 0 {
			t.Errorf("%d handles are open", n)
		}
	})
}

func TestTheStandbyTakesOverWithoutWaiting(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		t.Run(method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("a", hangs)
				c := b.client("a", "b")
				failTimes(t, c, 5) // one after the other, over more than the window
				b.calls()
				begin := time.Now()
				status, err := ask(t, c, &Request{Method: method, Path: "/"})
				if status != 200 || b.calls() != "b" || time.Since(begin) != 0 {
					t.Errorf("got %d, %v after %v", status, err, time.Since(begin))
				}
			})
		})
	}
}

func TestWhoTriesLosesOnlyOneTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", fails(errRefused))
		c := b.client("a", "b")
		failTimes(t, c, 5)
		time.Sleep(time.Second)
		b.calls()
		if status, err := get(t, c); status != 200 || b.calls() != "a b" {
			t.Errorf("got %d, %v", status, err)
		}
	})
}

func TestAllSandboxesOfAPlaceShareACircuit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", says(503))
		one, two := b.client("a"), b.client("a")
		failTimes(t, one, 3)
		failTimes(t, two, 2)
		third := b.client("a")
		b.calls()
		if _, err := get(t, third); !errors.Is(err, ErrCircuitOpen) || b.calls() != "" {
			t.Errorf("a new sandbox does not know: %v", err)
		}
		// The first one goes by its memory for a moment at most.
		time.Sleep(memoryTime + time.Millisecond)
		if _, err := get(t, one); !errors.Is(err, ErrCircuitOpen) || b.calls() != "" {
			t.Errorf("the first sandbox does not know: %v", err)
		}
		time.Sleep(time.Second)
		b.script("a", says(200))
		if _, err := get(t, two); err != nil {
			t.Error(err)
		}
		time.Sleep(memoryTime + time.Millisecond)
		if got := state(t, one, "a"); got != Closed {
			t.Errorf("got %s", got)
		}
	})
}

func TestOneTrialAtATime(t *testing.T) {
	tests := []struct {
		name    string
		shared  bool
		clients int
		trials  int
	}{
		{"many requests of one sandbox", true, 1, 1},
		{"many sandboxes", true, 20, 1},
		{"one sandbox without a cache", false, 1, 1},
		{"sandboxes that share nothing", false, 3, 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("a", fails(errRefused))
				clients := make([]*Client, test.clients)
				for i := range clients {
					clients[i] = b.client("a")
					if !test.shared {
						clients[i].Cache = nil
					}
					if i == 0 || !test.shared {
						failTimes(t, clients[i], 5)
					}
				}
				time.Sleep(time.Second)
				b.calls()
				b.script("a", hangs)
				var wg sync.WaitGroup
				for i := range 60 {
					wg.Go(func() { _, _ = get(t, clients[i%len(clients)]) }) // the calls are counted
				}
				wg.Wait()
				if got := len(strings.Fields(b.calls())); got != test.trials {
					t.Errorf("%d trials, want %d", got, test.trials)
				}
			})
		})
	}
}

func TestATrialThatNeverEndsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", fails(errRefused))
		dying, c := b.client("a"), b.client("a")
		failTimes(t, c, 5)
		time.Sleep(time.Second)
		b.calls()
		if _, err := tryOnce(dying); err != nil {
			t.Fatal(err)
		}
		if _, err := get(t, c); !errors.Is(err, ErrCircuitOpen) {
			t.Errorf("two trials at a time: %v", err)
		}
		time.Sleep(15 * time.Second) // as long as a trial may take
		if _, err := get(t, c); errors.Is(err, ErrCircuitOpen) || b.calls() != "a" {
			t.Errorf("not tried again: %v", err)
		}
	})
}

func TestATrialThatShowsNothingLeavesItToTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", fails(errRefused))
		c := b.client("a")
		failTimes(t, c, 5)
		time.Sleep(time.Second)
		b.script("a", fails(ErrRequest), says(200))
		if _, err := get(t, c); !errors.Is(err, ErrRequest) {
			t.Error(err)
		}
		time.Sleep(time.Millisecond)
		if status, err := get(t, c); status != 200 {
			t.Error(err)
		}
	})
}

func TestRequestsThatCannotBeSentOpenNoCircuit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", fails(ErrRequest))
		c := b.client("a")
		failTimes(t, c, 20)
		if got := state(t, c, "a"); got != Closed {
			t.Errorf("got %s", got)
		}
	})
}

func TestRetryAfterOfA429KeepsTheCircuitOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", says(429, "Retry-After", "90"), says(200))
		c := b.client("a", "b")
		if status, err := get(t, c); status != 200 || b.calls() != "a b" {
			t.Errorf("got %d, %v", status, err)
		}
		time.Sleep(90*time.Second - time.Millisecond)
		if _, err := get(t, c); err != nil || b.calls() != "b" {
			t.Errorf("asked too soon: %v", err)
		}
		time.Sleep(time.Millisecond)
		if _, err := get(t, c); err != nil || b.calls() != "a" {
			t.Errorf("not asked again: %v", err)
		}
	})
}

func TestA429WithoutAWishIsAFailureLikeOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", says(429))
		c := b.client("a")
		failTimes(t, c, 4)
		if got := state(t, c, "a"); got != Closed {
			t.Errorf("got %s", got)
		}
		failTimes(t, c, 1)
		if got := state(t, c, "a"); got != Open {
			t.Errorf("got %s", got)
		}
	})
}

func TestAnUnhealthyBackendWithAClosedCircuitIsNotTriedForAnOpenOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", fails(errRefused))
		c := b.client("a", "b")
		failTimes(t, c, 5)
		b.calls()
		c.Health = func(backend string) Health { return map[string]Health{"b": Unhealthy}[backend] }
		if _, err := get(t, c); !errors.Is(err, ErrCircuitOpen) || b.calls() != "" {
			t.Error(err)
		}
	})
}

func TestWhatAFetchCostsInTheCache(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(*testing.T, *bed, *Client)
		lookups int
		writes  int
	}{
		{"the first fetch of a sandbox", func(*testing.T, *bed, *Client) {}, 1, 0},
		{"the next one", func(t *testing.T, _ *bed, c *Client) { _, _ = get(t, c) }, 0, 0},
		{"one after a while", func(t *testing.T, _ *bed, c *Client) {
			_, _ = get(t, c) // 200
			time.Sleep(time.Second)
		}, 1, 0},
		{"one of a slow origin", func(_ *testing.T, b *bed, _ *Client) {
			b.script("a", hangsFor(3*time.Second))
		}, 1, 0},
		{"one with an open circuit in mind", func(t *testing.T, b *bed, c *Client) {
			b.script("a", fails(errRefused))
			failTimes(t, c, 5)
		}, 1, 0}, // it may have closed since
		{"one without a breaker", func(_ *testing.T, _ *bed, c *Client) { c.Breaker = config.Breaker{} }, 0, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				c := b.client("a")
				test.prepare(t, b, c)
				b.lookups, b.writes = 0, 0
				_, _ = get(t, c) // what it costs counts
				if b.lookups != test.lookups || b.writes != test.writes {
					t.Errorf("%d lookups and %d writes, want %d and %d", b.lookups, b.writes, test.lookups, test.writes)
				}
			})
		})
	}
}

func TestACacheThatFailsLeavesEachSandboxItsOwnCircuit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.broken = true
		b.script("a", fails(errRefused))
		c := b.client("a")
		failTimes(t, c, 5)
		b.calls()
		if _, err := get(t, c); !errors.Is(err, ErrCircuitOpen) || b.calls() != "" {
			t.Error(err)
		}
		b.script("a", says(200))
		time.Sleep(time.Second)
		if status, err := get(t, c); status != 200 {
			t.Error(err)
		}
		if got := state(t, c, "a"); got != Closed {
			t.Errorf("got %s", got)
		}
	})
}

func TestACacheThatLosesTheCircuitClosesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", fails(errRefused), fails(errRefused), fails(errRefused), fails(errRefused), fails(errRefused), says(200))
		failTimes(t, b.client("a"), 5)
		time.Sleep(forgetTime + time.Second)
		if status, err := get(t, b.client("a")); status != 200 {
			t.Error(err)
		}
		if got := b.client("a").Status()[0]; got.State != Closed || !got.Since.IsZero() {
			t.Errorf("got %+v", got)
		}
	})
}

func TestStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", says(503))
		c := b.client("a", "b")
		c.Origins[1].Backend = "backend_b"
		failTimes(t, c, 5)
		c.Disabled = func(name string) bool { return name == "b" }
		c.Health = func(backend string) Health { return map[string]Health{"a": Unhealthy, "backend_b": Healthy}[backend] }
		now := time.Now()
		want := []OriginStatus{
			{Name: "a", Backend: "a", Health: Unhealthy, State: Open, Since: now, Failures: 5, NextTrial: now.Add(time.Second)},
			{Name: "b", Backend: "backend_b", Disabled: true, Health: Healthy, State: Closed},
		}
		got := c.Status()
		for i := range want {
			if !got[i].Since.Equal(want[i].Since) || !got[i].NextTrial.Equal(want[i].NextTrial) {
				t.Errorf("got %+v, want %+v", got[i], want[i])
			}
			got[i].Since, got[i].NextTrial = want[i].Since, want[i].NextTrial
			if got[i] != want[i] {
				t.Errorf("got %+v, want %+v", got[i], want[i])
			}
		}
		text, err := json.Marshal(got[1])
		if wantText := `{"name":"b","backend":"backend_b","disabled":true,"health":"healthy","state":"closed","failures":0}`; err != nil || string(text) != wantText {
			t.Errorf("got %s, %v", text, err)
		}
	})
}

func TestErrorsTellWhatHappenedOnOneLineAndNoSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", fails(errRefused))
		b.script("b", fails(errReset))
		c := b.client("a", "b")
		c.Origins[0].Headers = map[string]string{"X-Key": "secret"}
		c.Origins[0].Retries = 0
		req := &Request{Method: "GET", Path: "/posts/", Query: "auth_token=secret", Header: http.Header{"Authorization": {"secret"}}}
		_, err := ask(t, c, req)
		const want = `no origin answered: origin "a": connection refused; origin "b": connection reset`
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		c.Breaker.Failures = 1
		_, _ = ask(t, c, req) // opens both
		_, err = ask(t, c, req)
		if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), `origin "a": circuit open until 2000-01-01T00:00:01Z; origin "b": circuit open`) {
			t.Errorf("got %v", err)
		}
	})
}
