package origin

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A standby that was down a moment ago has an open circuit. When the primary
// then fails, nobody stands behind it.
func TestAnOriginInItsPauseIsTriedWhereAnotherFailsUnexpectedly(t *testing.T) {
	tests := []struct {
		name          string
		standby       reply // how its circuit was opened
		later, status int   // how it answers since
		asked         string
	}{
		{"and has recovered", fails(errRefused), 200, 200, "a b"},
		{"and has not", fails(errRefused), 503, 503, "a b"},
		{"but not where it has asked to be left alone", says(429, "Retry-After", "60"), 200, 503, "a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("a", says(500))
				b.script("b", test.standby)
				c := b.client("a", "b")
				c.Origins[0].Retries = 0
				only := b.client("b") // the same circuit of the place
				failTimes(t, only, 5)
				b.script("a", says(503))
				b.script("b", says(test.later))
				b.calls()
				if status, _ := get(t, c); status != test.status {
					t.Errorf("the status is %d, want %d", status, test.status)
				}
				if got := b.calls(); got != test.asked {
					t.Errorf("asked %q, want %q", got, test.asked)
				}
				want := Open
				if test.later == 200 && test.status == 200 {
					want = Closed
				}
				time.Sleep(memoryTime + time.Millisecond) // what the other sandbox remembers
				if got := state(t, only, "b"); got != want {
					t.Errorf("its circuit is %s, want %s", got, want)
				}
			})
		})
	}
}

func TestWhileNobodyIsAskedNobodyTriesEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", fails(errRefused))
		b.script("b", fails(errRefused))
		failTimes(t, b.client("b"), 5)
		c := b.client("a", "b")
		for range 3 {
			get(t, c) //nolint:errcheck // it fails
		}
		if got := b.calls(); got != "b b b b b a a b a a a" {
			t.Errorf("asked %q, want b once more", got)
		}
		for range 10 {
			if _, err := get(t, c); !errors.Is(err, ErrCircuitOpen) {
				t.Error(err)
			}
		}
		if got := b.calls(); got != "" {
			t.Errorf("asked %q", got)
		}
		// The pause of b was not made longer.
		time.Sleep(time.Second)
		for range 10 {
			get(t, c) //nolint:errcheck // it fails
		}
		if got := b.calls(); got != "a b" {
			t.Errorf("asked %q, want each once", got)
		}
	})
}

func TestWhoeverTriesOneOriginTriesAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", fails(errRefused))
		b.script("b", fails(errRefused))
		only := b.client("b")
		failTimes(t, only, 5)
		failTrials(t, only, 3) // the pause is 8 s long now
		failTimes(t, b.client("a"), 5)
		c := b.client("a", "b")
		b.calls()
		if _, err := get(t, c); !errors.Is(err, ErrCircuitOpen) || b.calls() != "" {
			t.Errorf("nobody is due, and somebody was asked: %v", err)
		}
		b.script("b", says(200))
		time.Sleep(time.Second)
		if status, err := get(t, c); status != 200 || b.calls() != "a b" {
			t.Errorf("got %d, %v", status, err)
		}
	})
}

// A broken page is asked for again and again, since it is never kept.
func TestABrokenPageLeavesTheEarlyTrialsToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("b", fails(errRefused))
		failTimes(t, b.client("b"), 5)
		b.script("a", says(500))
		b.script("b", says(500))
		c := b.client("a", "b")
		c.Origins[0].Retries = 0
		b.calls()
		for range 2 {
			time.Sleep(time.Millisecond)
			_, _ = ask(t, c, &Request{Method: "GET", Path: "/broken"}) // it fails
		}
		if got := b.calls(); got != "a b a" {
			t.Errorf("asked %q, want b once for the broken page", got)
		}
		b.script("a", fails(errRefused))
		b.script("b", says(200))
		if status, err := get(t, c); status != 200 {
			t.Errorf("the standby is well, and a sound page is refused: %v", err)
		}
	})
}

// A primary hangs, and the standby answers 502 for the few pages in demand: too
// few to open its circuit, so that each request finds a failure.
func TestAHangingOriginIsTriedEarlyForASmallPartOfTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", hangs)
		b.script("b", says(502))
		c := b.client("a", "b")
		begin := time.Now()
		var slow, total atomic.Int64
		var group sync.WaitGroup
		for i := range 4 {
			group.Go(func() {
				for time.Since(begin) < 10*time.Minute {
					sent := time.Now()
					_, _ = ask(t, c, &Request{Method: "GET", Path: page(i)}) // it fails
					total.Add(1)
					if time.Since(sent) > time.Second {
						slow.Add(1)
					}
					time.Sleep(time.Second)
				}
			})
		}
		group.Wait()
		if slow.Load()*20 > total.Load() {
			t.Errorf("%d of %d requests waited for the origin that hangs", slow.Load(), total.Load())
		}
	})
}

// The standby has stood in while the primary hung, and now hangs itself.
func TestAnOriginIsTriedEarlyHoweverLongItsOtherTrialsTook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", hangs)
		c := b.client("a", "b")
		failTimes(t, b.client("a"), 5)
		time.Sleep(time.Second)
		_, _ = get(t, c) // the trial hangs, and b answers
		b.script("a", says(200))
		b.script("b", hangs)
		if status, err := get(t, c); status != 200 {
			t.Errorf("got %v", err)
		}
	})
}

func TestWhoWasPassedOverComesBeforeASecondTurnThatMayCostMuch(t *testing.T) {
	tests := []struct {
		name   string
		first  []reply
		second reply
		asked  string
		status int
	}{
		{"after a timeout", []reply{hangs}, says(200), "a b", 200},
		{"after a body that is cut short", []reply{truncates}, says(200), "a b", 200},
		{"and leaves it to the first where it fails", []reply{hangs, says(200)}, fails(errRefused), "a b a", 200},
		{"but not before one that costs little", []reply{fails(errReset), says(200)}, says(200), "a a", 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("b", fails(errRefused))
				failTimes(t, b.client("b"), 5)
				failTrials(t, b.client("b"), 4) // the pause is 16 s long now
				b.script("a", test.first...)
				b.script("b", test.second)
				c := b.client("a", "b")
				c.Deadline = 10 * time.Second
				b.calls()
				status, err := get(t, c)
				if got := b.calls(); status != test.status || got != test.asked {
					t.Errorf("got %d, %v from %q, want %d from %q", status, err, got, test.status, test.asked)
				}
			})
		})
	}
}

// A standby was dead for long, and is well while nobody asks it.
func TestAStandbyForgetsTheLastOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("b", fails(errRefused))
		only := b.client("b")
		failTimes(t, only, 5)
		failTrials(t, only, 7)
		time.Sleep(5 * time.Minute)
		failTimes(t, only, 1)
		if got := time.Until(only.Status()[0].NextTrial); got != time.Second {
			t.Errorf("the next trial is in %v", got)
		}
	})
}

// Each request is a trial at first, since the shortest pause is over by then.
func TestUnderFewRequestsAnOriginThatHangsIsLeftAloneToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", hangs)
		c, asked := b.client("a", "b"), 0
		for range 100 {
			time.Sleep(2500 * time.Millisecond)
			b.calls()
			if status, err := get(t, c); status != 200 {
				t.Fatal(err)
			}
			if b.calls() != "b" {
				asked++
			}
		}
		if asked > 30 {
			t.Errorf("100 requests asked it %d times", asked)
		}
	})
}

func TestWhatCannotBeRepeatedIsATrialOnlyWhereNobodyElseIsWell(t *testing.T) {
	tests := []struct {
		name, method string
		names        []string
		asked        string
	}{
		{"a POST goes to the standby", "POST", []string{"a", "b"}, "b"},
		{"a GET tries", "GET", []string{"a", "b"}, "a b"},
		{"a POST tries where there is one origin", "POST", []string{"a"}, "a"},
		{"a POST tries the first where both have failed", "POST", []string{"a", "c"}, "a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("a", fails(errRefused))
				b.script("c", fails(errRefused))
				failTimes(t, b.client("a"), 5)
				failTimes(t, b.client("c"), 5)
				time.Sleep(time.Second)
				b.calls()
				status, err := ask(t, b.client(test.names...), &Request{Method: test.method, Path: "/"})
				if got := b.calls(); got != test.asked || (status == 200) != strings.HasSuffix(test.asked, "b") {
					t.Errorf("got %d, %v from %q, want %q", status, err, got, test.asked)
				}
			})
		})
	}
}

func TestWhoeverIsSurprisedTogetherTriesEarlyUntilThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("b", fails(errRefused))
		failTimes(t, b.client("b"), 5)
		b.script("a", says(503))
		b.script("b", hangsFor(100*time.Millisecond))
		b.calls()
		surprised := func() (int, error) {
			c := b.client("a", "b")
			c.Origins[0].Retries = 0
			return get(t, c)
		}
		var group sync.WaitGroup
		for range 3 { // fewer than open the circuit of a
			group.Go(func() {
				if status, err := surprised(); status != 200 {
					t.Errorf("b is well again, and the answer is %d, %v", status, err)
				}
			})
		}
		group.Wait()
		if got := strings.Count(b.calls(), "b"); got != 3 {
			t.Errorf("b was asked %d times, want three times", got)
		}

		b.script("b", fails(errRefused))
		failTimes(t, b.client("b"), 5)
		b.script("a", says(503))
		time.Sleep(200 * time.Millisecond)
		b.calls()
		surprised() //nolint:errcheck // it fails
		surprised() //nolint:errcheck // it fails
		if got := b.calls(); got != "a b a" {
			t.Errorf("asked %q, want b once", got)
		}
	})
}

// What customers see of two outages in a row: the standby was down as well when
// the primary was, and is back with it.
func TestAnEarlyTrialThatHasFailedIsNotTheLastOne(t *testing.T) {
	tests := []struct {
		name  string
		after time.Duration // since the early trial has failed
		want  int
	}{
		{"at once", 0, 503},
		{"a shortest pause later, the pause not being over", time.Second, 200},
		{"when the pause is over", 2 * time.Second, 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("b", fails(errRefused))
				failTimes(t, b.client("b"), 5)
				time.Sleep(time.Second)
				failTimes(t, b.client("b"), 1) // the pause is 2 s long now
				b.script("a", says(503))
				c := b.client("a", "b")
				c.Origins[0].Retries = 0
				get(t, c) //nolint:errcheck // it fails
				if got := b.calls(); got != "b b b b b b a b" {
					t.Fatalf("asked %q, want b early", got)
				}
				b.script("b", hangsFor(100*time.Millisecond))
				time.Sleep(test.after)
				var group sync.WaitGroup
				for range 3 { // fewer than open the circuit of a
					group.Go(func() {
						if status, err := get(t, c); status != test.want {
							t.Errorf("got %d, %v, want %d", status, err, test.want)
						}
					})
				}
				group.Wait()
			})
		})
	}
}
