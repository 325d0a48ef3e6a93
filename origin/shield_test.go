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

	"larder/config"
	"larder/shield"
)

const edgeToken = "token"

// led is a sandbox of an edge, whose misses lead to the shield.
func (b *bed) led(names ...string) *Client {
	c := b.client(names...)
	c.Shield = func() *config.Origin {
		return &config.Origin{
			Name: config.ShieldName, Backend: "shield", FirstByteTimeout: 10 * time.Second, BodyTimeout: 10 * time.Second,
			Headers: map[string]string{shield.EdgeField: edgeToken},
		}
	}
	return c
}

// miss is a request that the shield may be asked for.
func miss() *Request {
	return &Request{Method: http.MethodGet, Path: "/", Host: "api.example.com", Shield: shield.Any}
}

// gives is how a shield answers.
func gives(answer string, status int, header ...string) reply {
	return says(status, append(header, shield.AnswerField, answer, shield.StatusField, "Larder; hit")...)
}

func TestTheShieldIsAskedFirst(t *testing.T) {
	tests := []struct {
		name   string
		req    Request
		shield bool // there is one
		asked  string
	}{
		{"where the request says so", Request{Method: "GET", Shield: shield.Any}, true, "shield"},
		{"for what is fresh as well", Request{Method: "GET", Shield: shield.Fresh}, true, "shield"},
		{"and not otherwise", Request{Method: "GET"}, true, "a"},
		{"nor where there is none", Request{Method: "GET", Shield: shield.Any}, false, "a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBed()
			b.script("shield", gives("usable", 200))
			c := b.led("a")
			if !test.shield {
				c.Shield = func() *config.Origin { return nil }
			}
			if status, err := ask(t, c, &test.req); status != 200 || err != nil {
				t.Errorf("got %d, %v", status, err)
			}
			if got := b.calls(); got != test.asked {
				t.Errorf("asked %q, want %q", got, test.asked)
			}
		})
	}
}

func TestTheShieldIsToldWhatIsDemanded(t *testing.T) {
	for demand, want := range map[shield.Requirement]string{shield.Any: edgeToken, shield.Fresh: edgeToken + "; fresh"} {
		b := newBed()
		b.script("shield", gives("failed", 503))
		c := b.led("a")
		req := miss()
		req.Shield = demand
		req.Header = http.Header{"X-Own": {"1"}}
		if _, err := ask(t, c, req); err != nil {
			t.Fatal(err)
		}
		if got := b.requests[0].Header[shield.EdgeField]; len(got) != 1 || got[0] != want {
			t.Errorf("demand %d: the shield is told %q", demand, got)
		}
		if got := b.requests[0].Host; got != "api.example.com" || b.requests[0].Header.Get("X-Own") != "1" {
			t.Errorf("demand %d: the shield is asked for host %q with %v", demand, got, b.requests[0].Header)
		}
		if got, ok := b.requests[1].Header[shield.EdgeField]; ok {
			t.Errorf("demand %d: the origin is told %q", demand, got)
		}
		if len(req.Header) != 1 {
			t.Errorf("demand %d: the caller's header is %v", demand, req.Header)
		}
	}
}

func TestWhatTheShieldSaysLeavesTheHeader(t *testing.T) {
	b := newBed()
	b.script("shield", gives("usable; ttl=1500", 200, "X-Kept", "1"))
	resp, err := b.led("a").Do(t.Context(), miss(), 1<<10)
	if err != nil {
		t.Fatal(err)
	}
	if want := (shield.Answer{State: shield.Usable, TTL: 1500 * time.Millisecond, HasTTL: true}); resp.Shield == nil || *resp.Shield != want {
		t.Errorf("it says %+v", resp.Shield)
	}
	if resp.Origin != "shield" || resp.ShieldStatus != "Larder; hit" || string(resp.Body) != "body" {
		t.Errorf("got %+v", resp)
	}
	if len(resp.Header) != 1 || resp.Header.Get("X-Kept") != "1" {
		t.Errorf("the header is %v", resp.Header)
	}
}

// An origin that happens to use the same fields is no shield.
func TestAnOriginIsNotTakenForTheShield(t *testing.T) {
	b := newBed()
	b.script("a", gives("stale", 200))
	c := b.led("a")
	c.Shield = nil
	resp, err := c.Do(t.Context(), miss(), 1<<10)
	if err != nil || resp.Shield != nil || resp.ShieldStatus != "" {
		t.Errorf("got %+v, %v", resp, err)
	}
}

func TestWhatAShieldsAnswerIsGoodFor(t *testing.T) {
	const edges = 5 // failures open a circuit
	tests := []struct {
		name   string
		shield reply
		asked  string
		state  State // of the shield's circuit after so many
	}{
		{"a usable one is the answer", gives("usable; ttl=1000", 200), "shield", Closed},
		{"a missing item is an answer", gives("usable", 404), "shield", Closed},
		{"a 304 is an answer", gives("usable; ttl=1000", 304), "shield", Closed},
		{"an origin's failure that it passes on is none, and not its own", gives("usable", 500), "shield a", Closed},
		{"a stale one is not enough, and not its failure", gives("stale; ttl=-1000", 200), "shield a", Closed},
		{"it has none, because the origins fail", gives("failed", 503), "shield a", Closed},
		{"it has none, and says 429", gives("failed", 429), "shield a", Closed},
		{"it is not marked", says(200), "shield a", Open},
		{"it is marked with nonsense", gives("splendid", 200), "shield a", Open},
		{"the platform answers in its place", says(503), "shield a", Open},
		{"it refuses the token", says(404), "shield a", Open},
		{"it refuses the connection", fails(errRefused), "shield a", Open},
		{"it is cut short", gives("usable", 200, "Content-Length", "100"), "shield a", Open},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("shield", test.shield)
				c := b.led("a")
				for i := range edges {
					req := miss()
					req.Path = page(i)
					if _, err := ask(t, c, req); err != nil {
						t.Error(err)
					}
					if got := b.calls(); got != test.asked {
						t.Errorf("asked %q, want %q", got, test.asked)
					}
				}
				if got := state(t, c, "shield"); got != test.state {
					t.Errorf("the shield's circuit is %s, want %s", got, test.state)
				}
				if got := state(t, c, "a"); got != Closed {
					t.Errorf("the origin's circuit is %s", got)
				}
				if test.state == Closed {
					return
				}
				if status, err := ask(t, c, miss()); status != 200 || err != nil || b.calls() != "a" {
					t.Errorf("past an open circuit: %d, %v", status, err)
				}
			})
		})
	}
}

func TestAShieldThatIsBackIsAskedAgain(t *testing.T) {
	for name, answer := range map[string]string{"with an answer": "usable", "though it has none": "failed", "with a copy": "stale"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("shield", fails(errRefused))
				c := b.led("a")
				for range 5 {
					_, _ = ask(t, c, miss()) // the origin's 200
				}
				b.script("shield", gives(answer, 200))
				time.Sleep(time.Second)
				b.calls()
				if _, err := ask(t, c, miss()); err != nil || !strings.HasPrefix(b.calls(), "shield") {
					t.Error("no trial", err)
				}
				if got := state(t, c, "shield"); got != Closed {
					t.Errorf("the circuit is %s", got)
				}
			})
		})
	}
}

// bodies counts how many bodies were opened and are not closed.
type bodies struct{ open int }

// track lets an answer count.
func (n *bodies) track(r reply) reply {
	return func(ctx context.Context) (*Response, error) {
		resp, err := r(ctx)
		if err == nil {
			n.open++
			resp.Rest = &tracked{ReadCloser: resp.Rest, bodies: n}
		}
		return resp, err
	}
}

type tracked struct {
	io.ReadCloser
	bodies *bodies
	closed bool
}

func (b *tracked) Close() error {
	if !b.closed {
		b.closed = true
		b.bodies.open--
	}
	return b.ReadCloser.Close()
}

func TestAStaleCopyIsTheAnswerOnlyWhereOriginsFail(t *testing.T) {
	tests := []struct {
		name   string
		origin []reply // of a, then of b
		copied bool
		status int
	}{
		{"an origin answers", []reply{says(200), says(200)}, false, 200},
		{"the second origin answers", []reply{fails(errRefused), says(200)}, false, 200},
		{"an origin says that it is gone", []reply{says(404), says(200)}, false, 404},
		{"an origin says that nothing has changed", []reply{says(304), says(200)}, false, 304},
		{"every origin refuses", []reply{fails(errRefused), fails(errRefused)}, true, 203},
		{"every origin says 503", []reply{says(503), says(503)}, true, 203},
		{"one refuses, one says 500", []reply{fails(errRefused), says(500)}, true, 203},
		{"the request can be sent to no origin", []reply{fails(ErrRequest), says(200)}, true, 203},
	}
	for _, limit := range []int64{0, 2, 1 << 10} {
		for _, test := range tests {
			t.Run(fmt.Sprintf("%s, with %d bytes read ahead", test.name, limit), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b, opened := newBed(), &bodies{}
					b.script("shield", opened.track(gives("stale", 203)))
					b.script("a", opened.track(test.origin[0]))
					b.script("b", opened.track(test.origin[1]))
					resp, err := b.led("a", "b").Do(t.Context(), miss(), limit)
					if err != nil {
						t.Fatal(err)
					}
					if copied := resp.Shield != nil; copied != test.copied || resp.Status != test.status {
						t.Errorf("got %d of %s", resp.Status, resp.Origin)
					}
					if err := resp.Close(); err != nil {
						t.Error(err)
					}
					if opened.open != 0 {
						t.Errorf("%d bodies are still open", opened.open)
					}
				})
			})
		}
	}
}

func TestAStaleCopyIsTheAnswerWhereNoOriginMayBeAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("shield", gives("stale", 200))
		b.script("a", fails(errRefused))
		c := b.led("a")
		failTimes(t, c, 5)
		b.calls()
		resp, err := c.Do(t.Context(), miss(), 1<<10)
		if err != nil || resp.Shield == nil || b.calls() != "shield" {
			t.Errorf("got %+v, %v", resp, err)
		}
		c.Disabled = func(name string) bool { return name == "a" }
		resp, err = c.Do(t.Context(), miss(), 1<<10)
		if err != nil || resp.Shield == nil || b.calls() != "shield" {
			t.Errorf("with every origin switched off: %+v, %v", resp, err)
		}
	})
}

// A hanging origin must not cost the copy that the shield has given already.
func TestAStaleCopyOutlivesTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("shield", gives("stale", 200))
		b.script("a", hangs)
		c := b.led("a")
		c.Deadline = 3 * time.Second
		resp, err := c.Do(t.Context(), miss(), 1<<10)
		if err != nil || resp.Shield == nil || string(resp.Body) != "body" {
			t.Errorf("got %+v, %v", resp, err)
		}
	})
}

func TestAHangingShieldLeavesTimeForAnOrigin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("shield", hangs)
		b.script("a", hangsFor(4*time.Second))
		c := b.led("a")
		begin := time.Now()
		status, err := ask(t, c, miss())
		if took := time.Since(begin); status != 200 || err != nil || took != 14*time.Second {
			t.Errorf("got %d, %v after %v", status, err, took)
		}
		if got := c.Status()[0].Failures; got != 1 {
			t.Errorf("the shield has %d failures", got)
		}
	})
}

func TestTheShieldCanBeSwitchedOff(t *testing.T) {
	b := newBed()
	b.script("shield", gives("usable", 200))
	c := b.led("a")
	c.Disabled = func(name string) bool { return name == "shield" }
	if _, err := ask(t, c, miss()); err != nil || b.calls() != "a" {
		t.Error("the shield was asked", err)
	}
	if got := c.Status(); got[0].Name != "shield" || !got[0].Disabled || got[1].Disabled {
		t.Errorf("the status is %+v", got)
	}
}

func TestTheShieldIsAmongTheOriginsStatus(t *testing.T) {
	b := newBed()
	c := b.led("a", "b")
	if got := circuits(c); got != "shield closed, a closed, b closed" {
		t.Errorf("got %s", got)
	}
	c.Shield = func() *config.Origin { return nil } // this is the shield
	if got := circuits(c); got != "a closed, b closed" {
		t.Errorf("without a way: %s", got)
	}
	c.Shield = nil
	if got := circuits(c); got != "a closed, b closed" {
		t.Errorf("without a shield: %s", got)
	}
}

func TestWithAWellShieldNotEverythingIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", fails(errRefused))
		b.script("shield", gives("failed", 503))
		c := b.led("a")
		for range 5 {
			_, _ = ask(t, c, miss()) // the origin is retried once
		}
		if state(t, c, "a") != Open || c.Down() != nil {
			t.Errorf("with an open circuit of the origin alone: down, %v", c.Down())
		}
		b.script("shield", fails(errRefused))
		for range 5 {
			_, _ = ask(t, c, miss())
		}
		if state(t, c, "shield") != Open || !errors.Is(c.Down(), ErrCircuitOpen) {
			t.Errorf("with all circuits open: down, %v", c.Down())
		}
		c.Disabled = func(name string) bool { return name == "shield" }
		if !errors.Is(c.Down(), ErrCircuitOpen) {
			t.Error("a shield that is switched off counts")
		}
		if _, err := ask(t, c, miss()); !errors.Is(err, ErrCircuitOpen) {
			t.Error(err)
		}
	})
}

func TestTheShieldIsOneOfFourAttempts(t *testing.T) {
	tests := []struct {
		name    string
		origins string
		asked   string
	}{
		{"one origin is retried", "a", "shield a a"},
		{"of two the first is retried", "a b", "shield a a b"},
		{"of three none is", "a b c", "shield a b c"},
		{"of four the last is left out", "a b c d", "shield a b c"},
	}
	for _, test := range tests {
		for name, answer := range map[string]reply{
			"it refuses": fails(errRefused), "it has nothing": gives("failed", 503), "it has a copy": gives("stale", 200),
		} {
			t.Run(test.name+", "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBed()
					b.script("shield", answer)
					for _, o := range strings.Fields(test.origins) {
						b.script(o, fails(errRefused))
					}
					_, _ = ask(t, b.led(strings.Fields(test.origins)...), miss()) // who was asked is the point
					if got := b.calls(); got != test.asked {
						t.Errorf("asked %q, want %q", got, test.asked)
					}
				})
			})
		}
	}
}
