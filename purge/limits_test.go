package purge

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/config"
	"larder/problem"
)

// counter is a Counter without a clock: its minute does not end until it is
// cleared.
type counter struct {
	events map[string]uint32
	rate   uint32 // events of one second that count as one
	err    error
}

func newCounter() *counter { return &counter{events: map[string]uint32{}, rate: 1} }

func (c *counter) Increment(entry string) error {
	c.events[entry]++
	return c.err
}

func (c *counter) LastMinute(entry string) (uint32, error) { return c.events[entry], c.err }

func (c *counter) Rate(entry string) (uint32, error) { return c.events[entry] / c.rate, c.err }

// limited is a guard with the token "operator" and a limit of three wrong
// tokens.
type limited struct {
	*Guard
	failures *counter
	logged   []string
}

func newLimited() *limited {
	l := &limited{failures: newCounter()}
	l.Guard = &Guard{
		Tokens:           func() ([]Token, error) { return tokensOf("operator"), nil },
		FastlyKeyIsValid: func(r *fsthttp.Request) (bool, error) { return r.Header.Get("Fastly-Key") == "valid", nil },
		Limits: &Limits{
			Config: config.RateLimits{WrongTokens: 3}, Failures: l.failures,
			Log: func(format string, args ...any) { l.logged = append(l.logged, fmt.Sprintf(format, args...)) },
		},
	}
	return l
}

// check sends a token from an address, and returns the status.
func (l *limited) check(t *testing.T, address, token string, header ...string) int {
	t.Helper()
	if token != "none" {
		token = "Bearer " + token
	}
	r := call{token: token, header: header}.build(t)
	r.RemoteAddr = address
	err := l.Check(r)
	if err == nil {
		return 200
	}
	d := problem.From(err)
	if answer, _ := d.Answer(); d.Status == 429 && (answer.Get("Retry-After") != "60" || d.Type != problem.TypePrefix+"too-many-failures") {
		t.Errorf("%v with Retry-After %q", d, answer.Get("Retry-After"))
	}
	return d.Status
}

const attacker, sender = "192.0.2.66", "198.51.100.7"

func TestGuessesAreLimitedByAddress(t *testing.T) {
	l := newLimited()
	for i := range 3 {
		if got := l.check(t, attacker, fmt.Sprint("guess ", i)); got != 401 {
			t.Errorf("guess %d: %d", i, got)
		}
	}
	for range 3 {
		if got := l.check(t, attacker, "a further guess"); got != 429 {
			t.Errorf("a guess past the limit: %d", got)
		}
		if got := l.check(t, attacker, "operator"); got != 429 {
			t.Errorf("the right guess past the limit: %d", got)
		}
		if got := l.check(t, sender, "operator"); got != 200 {
			t.Errorf("the operator from another address: %d", got)
		}
	}
	if len(l.logged) != 1 || !strings.Contains(l.logged[0], "refuse the address "+attacker+": 3 different wrong tokens") {
		t.Errorf("the log has %q", l.logged)
	}
	clear(l.failures.events) // a minute later
	if got := l.check(t, attacker, "operator"); got != 200 {
		t.Errorf("a minute later: %d", got)
	}
}

func TestOneWrongTokenLocksNobodyOutHoweverOftenItIsSent(t *testing.T) {
	l := newLimited()
	for range 100 {
		if got := l.check(t, sender, "the token of last year"); got != 401 {
			t.Fatalf("an outdated token: %d", got)
		}
		if got := l.check(t, sender, "none"); got != 401 {
			t.Fatalf("no token: %d", got)
		}
	}
	if got := l.check(t, sender, "operator"); got != 200 {
		t.Errorf("the operator beside it: %d", got)
	}
}

func TestWrongFastlyKeysAreGuessesToo(t *testing.T) {
	l := newLimited()
	for i := range 3 {
		if got := l.check(t, attacker, "none", fmt.Sprint("Fastly-Key: guess", i)); got != 401 {
			t.Errorf("guess %d: %d", i, got)
		}
	}
	if got := l.check(t, attacker, "none", "Fastly-Key: valid"); got != 429 {
		t.Errorf("past the limit: %d", got)
	}
}

func TestWhatAuthenticatesDoesNotCount(t *testing.T) {
	l := newLimited()
	for range 10 {
		if got := l.check(t, sender, "operator", "Fastly-Key: wrong"); got != 200 {
			t.Fatal(got)
		}
	}
	if len(l.failures.events) != 0 {
		t.Errorf("counted %v", l.failures.events)
	}
}

func TestAnAddressIsThatOfTheConnection(t *testing.T) {
	for _, c := range []struct {
		name, address, other string
		same                 bool
	}{
		{"another IPv4 address", "192.0.2.1", "192.0.2.2", false},
		{"IPv4 mapped to IPv6", "192.0.2.1", "::ffff:192.0.2.1", true},
		{"the same /64", "2001:db8::1", "2001:db8::ffff:0:0:1", true},
		{"another /64", "2001:db8::1", "2001:db8:0:1::1", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, want := newLimited(), 401
			for i := range 3 {
				// What a client says of its address does not count.
				l.check(t, c.address, fmt.Sprint("guess ", i), fmt.Sprint("X-Forwarded-For: 10.0.0.", i), fmt.Sprint("Fastly-Client-IP: 10.0.0.", i))
			}
			if c.same {
				want = 429
			}
			if got := l.check(t, c.other, "another guess"); got != want {
				t.Errorf("got %d, want %d", got, want)
			}
		})
	}
}

func TestAClientWithoutAnAddressIsNotLimited(t *testing.T) {
	l := newLimited()
	for _, address := range []string{"", "<nil>"} {
		for i := range 10 {
			if got := l.check(t, address, fmt.Sprint("guess ", i)); got != 401 {
				t.Errorf("%q: %d", address, got)
			}
		}
	}
}

func TestCountersHoldNoCredentials(t *testing.T) {
	l := newLimited()
	l.check(t, "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "hunter2", "Fastly-Key: hunter3")
	if len(l.failures.events) != 2 {
		t.Errorf("counted %v", l.failures.events)
	}
	for entry := range l.failures.events {
		if strings.Contains(entry, "hunter") || len(entry) > 64 {
			t.Errorf("an entry is %q, of %d bytes", entry, len(entry))
		}
	}
}

func TestAFailingCounterLimitsNothingAndSaysSoOnce(t *testing.T) {
	l := newLimited()
	l.failures.err = errors.New("no counters today")
	for i := range 10 {
		if got := l.check(t, attacker, fmt.Sprint("guess ", i)); got != 401 {
			t.Errorf("guess %d: %d", i, got)
		}
		if got := l.check(t, attacker, "operator"); got != 200 {
			t.Errorf("the operator: %d", got)
		}
	}
	if len(l.logged) != 1 || !strings.Contains(l.logged[0], "no counters today") {
		t.Errorf("the log has %q", l.logged)
	}
}

// flood sends n purges, and returns how many were carried out. Those that were
// not must say so, and purge nothing.
func flood(t *testing.T, e *Endpoint, p *purger, n int) int {
	t.Helper()
	done := 0
	for range n {
		before := len(p.purged)
		_, _, err := e.Serve(context.Background(), call{body: `{"keys":["a"]}`}.build(t))
		if err == nil {
			done++
			continue
		}
		d := problem.From(err)
		if answer, _ := d.Answer(); d.Status != 429 || d.Type != problem.TypePrefix+"too-many-purges" || answer.Get("Retry-After") != "10" {
			t.Fatalf("got %v", err)
		}
		if len(p.purged) != before {
			t.Errorf("a purge that was refused purged %q", p.purged[before:])
		}
	}
	return done
}

func TestAFloodOfPurgesIsLimited(t *testing.T) {
	for _, c := range []struct {
		name  string
		limit int
		err   error
		want  int
	}{
		{"five a second, for ten seconds", 5, nil, 50},
		{"no limit", 0, nil, 80},
		{"a counter that fails", 5, errNoStore, 80},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, p := endpoint(t, plain)
			purges := newCounter()
			purges.rate, purges.err = purgeSeconds, c.err
			e.Limits = &Limits{Config: config.RateLimits{Purges: c.limit}, Purges: purges, Log: t.Logf}
			if got := flood(t, e, p, 80); got != c.want {
				t.Errorf("%d of 80 purges were carried out, want %d", got, c.want)
			}
		})
	}
}

func TestOnlyPurgesThatAreCarriedOutCount(t *testing.T) {
	e, p := endpoint(t, plain)
	purges := newCounter()
	e.Limits = &Limits{Config: config.RateLimits{Purges: 2}, Purges: purges, Log: t.Logf}
	for _, c := range []call{{token: "none"}, {token: "Bearer wrong"}, {body: `{}`}, {body: `[`}, {method: "GET"}} {
		for range 3 {
			if _, _, err := e.Serve(context.Background(), c.build(t)); err == nil || problem.From(err).Status == 429 {
				t.Errorf("%+v: %v", c, err)
			}
		}
	}
	if got := flood(t, e, p, 10); got != 2 {
		t.Errorf("%d purges were carried out", got)
	}
}

func TestWithoutLimitsNothingIsCounted(t *testing.T) {
	l := newLimited()
	l.Limits.Config.WrongTokens = 0
	for i := range 20 {
		if got := l.check(t, attacker, fmt.Sprint("guess ", i)); got != 401 {
			t.Errorf("guess %d: %d", i, got)
		}
	}
	if len(l.failures.events) > 0 {
		t.Errorf("counted %v", l.failures.events)
	}
}
