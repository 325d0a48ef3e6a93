package origin

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// pages is an origin that answers by path, and soon.
type pages func(path string) (status int)

func (p pages) Send(ctx context.Context, _ string, req *Request) (*Response, error) {
	time.Sleep(5 * time.Millisecond)
	return says(p(req.Path))(ctx)
}

// Broken pages are asked for all the time, because nothing of them is kept, and
// sound ones only now and then.
func TestBrokenPagesLeaveTheSoundOnesAlone(t *testing.T) {
	tests := []struct {
		name   string
		broken int
		every  time.Duration // a miss of a sound page
		most   int           // of them are refused
	}{
		{"six broken pages", 6, 1100 * time.Millisecond, 2},
		{"ten broken pages, and few misses", 10, 4300 * time.Millisecond, 4},
		{"fewer than open the circuit", 4, 700 * time.Millisecond, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				clients := []*Client{b.client("a"), b.client("a")}
				for _, c := range clients {
					c.Sender = pages(func(path string) int {
						if strings.HasPrefix(path, "/pages/") {
							return 500
						}
						return 200
					})
				}
				begin, refused, last := time.Now(), 0, 0
				next := begin.Add(test.every)
				for i, misses := 0, 0; misses < 45; i++ {
					c := clients[i%2]
					_, _ = ask(t, c, &Request{Method: "GET", Path: page(i % test.broken)}) // it fails
					time.Sleep(25 * time.Millisecond)
					if time.Now().Before(next) {
						continue
					}
					misses++
					next = next.Add(test.every)
					if status, _ := ask(t, c, &Request{Method: "GET", Path: "/sound/" + next.String()}); status != 200 {
						refused, last = refused+1, misses
					}
				}
				if refused > test.most || last > test.most {
					t.Errorf("%d of 45 misses of sound pages were refused, the last one was number %d", refused, last)
				}
			})
		})
	}
}

func TestADeadOriginIsLeftAloneWhateverIsKnownOfItsPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		c := b.client("a")
		status, asked := 500, 0
		c.Sender = pages(func(path string) int {
			asked++
			if path == "/sound" {
				return 200
			}
			return status
		})
		visit := func(pages int) {
			for i := range pages {
				_, _ = ask(t, c, &Request{Method: "GET", Path: page(i)}) // it may fail
			}
		}
		visit(5)
		time.Sleep(time.Second)
		_, _ = ask(t, c, &Request{Method: "GET", Path: "/sound"}) // closes the circuit
		if got := state(t, c, "a"); got != Closed {
			t.Fatalf("after a good answer the circuit is %s", got)
		}
		visit(20)
		if got := state(t, c, "a"); got != Open {
			t.Fatalf("all pages fail, and the circuit is %s", got)
		}
		asked = 0
		for begin := time.Now(); time.Since(begin) < 10*time.Minute; time.Sleep(100 * time.Millisecond) {
			visit(20)
			if got := state(t, c, "a"); got == Closed {
				t.Fatal("the circuit has closed")
			}
		}
		if most := int(10 * time.Minute / (2 * time.Second)); asked > most {
			t.Errorf("it was asked %d times in ten minutes, want %d at most", asked, most)
		}
		// It is back, and so are its pages.
		status = 200
		time.Sleep(2 * time.Minute)
		visit(20)
		status = 500
		visit(5)
		if got := state(t, c, "a"); got != Open {
			t.Errorf("it is dead again, and the circuit is %s", got)
		}
	})
}

func TestAPathThatIsKnownToFailLeavesTheTrialToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", says(500))
		c, other := b.client("a"), b.client("a")
		for i := range 5 {
			_, _ = ask(t, c, &Request{Method: "GET", Path: page(i)}) // it fails
		}
		b.calls()
		known := &Request{Method: http.MethodGet, Path: page(3)}
		time.Sleep(1500 * time.Millisecond)
		_, err := ask(t, other, known)
		if !errors.Is(err, ErrCircuitOpen) || RetryIn(err) != 500*time.Millisecond || b.calls() != "" {
			t.Errorf("it is tried in the first pause after the first: %v", err)
		}
		time.Sleep(500 * time.Millisecond)
		if _, err := ask(t, other, known); errors.Is(err, ErrCircuitOpen) || b.calls() != "a" {
			t.Errorf("nobody tries: %v", err)
		}
		time.Sleep(time.Second)
		b.script("a", says(200))
		if status, err := ask(t, other, &Request{Method: http.MethodGet, Path: "/sound"}); status != 200 {
			t.Errorf("a sound page has to wait: %v", err)
		}
	})
}

func TestGoodAnswersCostNothingWhilePathsAreKnownToFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", says(500))
		c := b.client("a")
		for i := range 5 {
			_, _ = ask(t, c, &Request{Method: "GET", Path: page(i)}) // it fails
		}
		time.Sleep(time.Second)
		b.script("a", says(200))
		_, _ = get(t, c) // closes the circuit
		for _, test := range []struct {
			name, path string
			writes     int
		}{
			{"a sound page", "/", 0},
			{"a page that is sound again", page(1), 1},
			{"the same page later", page(1), 0},
		} {
			b.writes = 0
			if status, err := ask(t, c, &Request{Method: "GET", Path: test.path}); status != 200 || b.writes != test.writes {
				t.Errorf("%s: %d writes, want %d; %v", test.name, b.writes, test.writes, err)
			}
		}
	})
}

func TestPathsAreKnownForAsLongAsTheLongestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", says(500))
		patient := func() *Client {
			c := b.client("a")
			c.Breaker.MaxCooldown = time.Hour
			return c
		}
		visit := func() {
			for i := range 5 {
				_, _ = ask(t, patient(), &Request{Method: "GET", Path: page(i)}) // it fails
			}
		}
		visit()
		time.Sleep(time.Second)
		b.script("a", says(200), says(500))
		_, _ = get(t, patient()) // closes the circuit
		for _, test := range []struct {
			after time.Duration
			want  State
		}{{59 * time.Minute, Closed}, {2 * time.Minute, Open}} { // the last good answer is an hour ago
			time.Sleep(test.after)
			visit()
			if got := state(t, patient(), "a"); got != test.want {
				t.Errorf("after %v the circuit is %s, want %s", test.after, got, test.want)
			}
		}
	})
}

// One good answer in an outage, and paths that all have failed before.
func TestAFlapDoesNotKeepADeadOriginAsked(t *testing.T) {
	for _, pages := range []int{1, 6, 24} {
		synctest.Test(t, func(t *testing.T) {
			b := newBed()
			b.script("a", says(502))
			c := b.client("a")
			ask1 := func(i int) { _, _ = ask(t, c, &Request{Method: "GET", Path: page(i % pages)}) } // it fails
			for i := range 100 {
				ask1(i)
				time.Sleep(100 * time.Millisecond)
			}
			b.script("a", says(200), says(502))
			time.Sleep(10 * time.Second)
			for i := range 1200 {
				ask1(i)
				time.Sleep(100 * time.Millisecond)
			}
			if got := state(t, c, "a"); pages >= 5 && got == Closed {
				t.Errorf("with %d pages the circuit is %s after two minutes", pages, got)
			}
		})
	}
}
