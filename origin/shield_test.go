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
	"larder/corecache"
	"larder/origin/breaker"
	"larder/resource"
	"larder/shield"
)

const edgeToken = "token"

// edge is a sandbox whose misses go through the shield.
func (b *bed) edge(names ...string) *Client {
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
	return &Request{Method: http.MethodGet, Path: "/", Host: "api.example.com", Route: "posts", Shield: shield.Any}
}

// shieldSays is how a shield answers.
func shieldSays(answer string, status int, header ...string) reply {
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
			b.script("shield", shieldSays("usable", 200))
			c := b.edge("a")
			if !test.shield {
				c.Shield = func() *config.Origin { return nil }
			}
			if status, err := do(t, c, &test.req); status != 200 || err != nil {
				t.Errorf("got %d, %v", status, err)
			}
			b.wantCalls(t, test.asked)
		})
	}
}

func TestTheShieldIsToldWhatIsDemanded(t *testing.T) {
	for demand, want := range map[shield.Requirement]string{shield.Any: edgeToken, shield.Fresh: edgeToken + "; fresh"} {
		b := newBed()
		b.script("shield", shieldSays("failed", 503))
		c := b.edge("a")
		req := miss()
		req.Shield = demand
		req.Header = http.Header{"X-Own": {"1"}}
		if _, err := do(t, c, req); err != nil {
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
	b.script("shield", shieldSays("usable; ttl=1500", 200, "X-Kept", "1"))
	resp, err := b.edge("a").Do(t.Context(), miss(), 1<<10)
	if err != nil {
		t.Fatal(err)
	}
	if want := (shield.Answer{State: shield.Usable, TTL: 1500 * time.Millisecond, HasTTL: true}); resp.Shield == nil || *resp.Shield != want {
		t.Errorf("it says %+v", resp.Shield)
	}
	if resp.Origin != "shield" || resp.ShieldStatus != "Larder; hit" || string(resp.Body) != "{body}" {
		t.Errorf("got %+v", resp)
	}
	if len(resp.Header) != 1 || resp.Header.Get("X-Kept") != "1" {
		t.Errorf("the header is %v", resp.Header)
	}
}

// An origin that happens to use the same fields is no shield.
func TestAnOriginIsNotTakenForTheShield(t *testing.T) {
	b := newBed()
	b.script("a", shieldSays("stale", 200))
	c := b.edge("a")
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
		state  breaker.State // of the shield's circuit after so many
	}{
		{"a usable one is the answer", shieldSays("usable; ttl=1000", 200), "shield", breaker.Closed},
		{"a missing item is an answer", shieldSays("usable", 404), "shield", breaker.Closed},
		{"a 304 is an answer", shieldSays("usable; ttl=1000", 304), "shield", breaker.Closed},
		{"an origin's failure that it passes on is none, and not its own", shieldSays("usable", 500), "shield a", breaker.Closed},
		{"an origin's late failure is not its own either", after(6*time.Second, shieldSays("usable", 500)), "shield a", breaker.Closed},
		{"a stale one is not enough, and not its failure", shieldSays("stale; ttl=-1000", 200), "shield a", breaker.Closed},
		{"it has none, because the origins fail", shieldSays("failed", 503), "shield a", breaker.Closed},
		{"it has none, and says 429", shieldSays("failed", 429), "shield a", breaker.Closed},
		{"it is not marked", says(200), "shield a", breaker.Open},
		{"it is marked with nonsense", shieldSays("splendid", 200), "shield a", breaker.Open},
		{"the platform answers in its place", says(503), "shield a", breaker.Open},
		{"it refuses the token", says(404), "shield a", breaker.Open},
		{"it refuses the connection", fails(errRefused), "shield a", breaker.Open},
		{"it is truncated", shieldSays("usable", 200, "Content-Length", "100"), "shield a", breaker.Closed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("shield", test.shield)
				c := b.edge("a")
				for i := range edges {
					req := miss()
					req.Path = fmt.Sprint("/pages/", i)
					if _, err := do(t, c, req); err != nil {
						t.Error(err)
					}
					b.wantCalls(t, test.asked)
				}
				wantState(t, c, "shield", test.state)
				wantState(t, c, "a", breaker.Closed)
				if test.state == breaker.Closed {
					if _, err := b.cache.Lookup([]byte(resource.KeyVersion+"\nbreaker\nshield\nposts"), corecache.LookupOptions{}); !errors.Is(err, corecache.ErrNotFound) {
						t.Errorf("something counts against the shield: %v", err)
					}
					return
				}
				if status, err := do(t, c, miss()); status != 200 {
					t.Error(err)
				}
				b.wantCalls(t, "a")
			})
		})
	}
}

func TestAShieldThatIsBackIsAskedAgain(t *testing.T) {
	for name, answer := range map[string]string{"with an answer": "usable", "without an answer": "failed", "with a copy": "stale"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.openCircuit(t, config.ShieldName)
				c := b.edge("a")
				b.script("shield", shieldSays(answer, 200))
				time.Sleep(time.Second)
				if _, err := do(t, c, miss()); err != nil || !strings.HasPrefix(b.calls(), "shield") {
					t.Error("no probe", err)
				}
				wantState(t, c, "shield", breaker.Closed)
			})
		})
	}
}

func TestTheShieldCanBeSwitchedOff(t *testing.T) {
	b := newBed()
	b.script("shield", shieldSays("usable", 200))
	c := b.edge("a")
	c.Disabled = func(name string) bool { return name == "shield" }
	if _, err := do(t, c, miss()); err != nil || b.calls() != "a" {
		t.Error("the shield was asked", err)
	}
	if got := c.Status(); got[0].Name != "shield" || !got[0].Disabled || got[1].Disabled {
		t.Errorf("the status is %+v", got)
	}
}

func TestTheShieldIsTheFirstOfTheOriginsStatus(t *testing.T) {
	b := newBed()
	c := b.edge("a", "b")
	want := func(what, names string) {
		t.Helper()
		var got []string
		for _, s := range c.Status() {
			got = append(got, s.Name)
		}
		if strings.Join(got, " ") != names {
			t.Errorf("%s: got %q, want %q", what, got, names)
		}
	}
	want("with a shield", "shield a b")
	c.Shield = func() *config.Origin { return nil } // this is the shield
	want("at the shield", "a b")
	c.Shield = nil
	want("without a shield", "a b")
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
			"it refuses": fails(errRefused), "it has nothing": shieldSays("failed", 503), "it has a copy": shieldSays("stale", 200),
		} {
			t.Run(test.name+", "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBed()
					b.script("shield", answer)
					for _, o := range strings.Fields(test.origins) {
						b.script(o, fails(errRefused))
					}
					_, _ = do(t, b.edge(strings.Fields(test.origins)...), miss()) // who was asked is the point
					b.wantCalls(t, test.asked)
				})
			})
		}
	}
}

// missJSON is a miss that accepts JSON only.
func missJSON(path string) *Request {
	req := fetchJSON(path)
	req.Shield = shield.Any
	return req
}

func TestTheShieldsAnswerMustBeOfUseToo(t *testing.T) {
	for _, state := range []string{"usable", "stale"} {
		t.Run(state, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				b.script("shield", func(ctx context.Context) (*Response, error) {
					resp, err := shieldSays(state, 200)(ctx)
					resp.Remainder = io.NopCloser(strings.NewReader("<html>"))
					return resp, err
				})
				b.script("a", says(200))
				c := b.edge("a")
				for i := range 5 {
					if status, err := do(t, c, missJSON(fmt.Sprint("/pages/", i))); status != 200 {
						t.Error(err)
					}
					b.wantCalls(t, "shield a")
				}
				wantState(t, c, "shield", breaker.Closed)
				wantState(t, c, "a", breaker.Closed)
				b.script("a", fails(errRefused))
				if _, err := do(t, c, missJSON("/")); !errors.Is(err, errNotJSON) {
					t.Errorf("a copy of no use is the answer: %v", err)
				}
			})
		})
	}
}
