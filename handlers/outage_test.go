package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"larder/origin"
)

// outages are the ways in which an origin fails, and how they are named.
func outages(e *edge) []struct {
	name   string
	answer func(*origin.Request) (*origin.Response, error)
	detail string
} {
	fails := func(err error) func(*origin.Request) (*origin.Response, error) {
		return func(*origin.Request) (*origin.Response, error) { return nil, err }
	}
	says := func(status int, body string, lines ...string) func(*origin.Request) (*origin.Response, error) {
		return func(*origin.Request) (*origin.Response, error) { return e.response(status, body, lines...), nil }
	}
	return []struct {
		name   string
		answer func(*origin.Request) (*origin.Response, error)
		detail string
	}{
		{"it refuses", fails(errRefused), "origin-unreachable"},
		{"it takes too long", fails(fmt.Errorf("%w: %w", origin.ErrUnavailable, origin.ErrTimeout)), "origin-timeout"},
		{"its body is cut short", fails(fmt.Errorf("%w: %w", origin.ErrUnavailable, origin.ErrTruncated)), "origin-body-truncated"},
		{"it says 500", says(500, "oops"), "origin-status-500"},
		{"it says 502", says(502, "oops"), "origin-status-502"},
		{"it says 503", says(503, "oops"), "origin-status-503"},
		{"it says 504", says(504, "oops"), "origin-status-504"},
		{"it says 429", says(429, "slower"), "origin-status-429"},
		{"it sends a page with 200", says(200, "<html>maintenance</html>"), "origin-body-invalid"},
		{"it sends nothing with 200", says(200, ""), "origin-body-invalid"},
		{"it sends half of its JSON", says(200, before[:20]), "origin-body-invalid"},
		{"its status is none", says(999, "x"), "origin-answer-invalid"},
		{"its status is an interim one", says(103, ""), "origin-answer-invalid"},
	}
}

func TestWhileTheOriginFailsWhatWasKeptIsGiven(t *testing.T) {
	states := []struct {
		name string
		age  func(e *edge)
	}{
		{"after a purge", func(e *edge) { e.purge(`"keys":["post:tea"]`) }},
		{"by age", func(e *edge) { e.pass(2 * time.Hour) }},
		{"after a purge and by age", func(e *edge) { e.purge(`"keys":["post:tea"]`); e.pass(2 * time.Hour) }},
	}
	for _, state := range states {
		for _, outage := range outages(newEdge(t)) {
			t.Run(outage.name+" "+state.name, func(t *testing.T) {
				e := newEdge(t)
				e.fill("/posts/tea/", before)
				state.age(e)
				e.does(outage.answer)
				r := e.get("/posts/tea/")
				r.want(200, before, "")
				status := r.header.Get("Cache-Status")
				if !strings.HasPrefix(status, "Larder; fwd=stale;") || !strings.Contains(status, "stale-if-error; "+outage.detail) {
					t.Errorf("Cache-Status is %q", status)
				}
				e.wantAsked(1)
				t.Run("and the origin is spared for a second", func(t *testing.T) {
					e.get("/posts/tea/").want(200, before, "")
					e.wantAsked(0)
					e.pass(failureTime)
					e.get("/posts/tea/").want(200, before, "")
					e.wantAsked(1)
				})
				t.Run("and when it is back, so is the new content", func(t *testing.T) {
					e.pass(failureTime)
					e.says(200, after)
					e.get("/posts/tea/").want(200, after, "")
					e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
					e.wantAsked(1)
				})
			})
		}
	}
}

func TestAnOutageWithNothingKept(t *testing.T) {
	for _, outage := range outages(newEdge(t)) {
		t.Run(outage.name, func(t *testing.T) {
			e := newEdge(t)
			e.does(outage.answer)
			for range 3 {
				r := e.get("/posts/tea/", "Origin: https://site.example")
				r.wantProblem(503, "origin-unavailable")
				r.wantHeader("Retry-After", "1")
				r.wantHeader("Access-Control-Allow-Origin", "https://site.example")
				if !strings.Contains(r.header.Get("Cache-Status"), outage.detail) {
					t.Errorf("Cache-Status is %q", r.header.Get("Cache-Status"))
				}
			}
			e.wantAsked(1)
			e.pass(failureTime)
			e.says(200, before)
			e.get("/posts/tea/").want(200, before, "")
			e.wantAsked(1)
		})
	}
}

func TestRetryAfterComesFromTheOriginWithinAnHour(t *testing.T) {
	for given, want := range map[string]string{"30": "30", "0": "1", "-5": "1", "999999": "3600", "soon": "1"} {
		e := newEdge(t)
		e.says(503, "", "Retry-After: "+given)
		e.get("/posts/tea/").wantHeader("Retry-After", want)
	}
}

func TestWhatMayNotBeStaleIsNotGivenInAnOutage(t *testing.T) {
	for name, test := range map[string]struct {
		line string
		age  time.Duration
	}{
		"must-revalidate":     {"Cache-Control: must-revalidate", 2 * time.Hour},
		"proxy-revalidate":    {"Cache-Control: proxy-revalidate", 2 * time.Hour},
		"past stale-if-error": {"X: y", 25*time.Hour + time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.says(200, before, test.line)
			e.get("/posts/tea/").want(200, before, "")
			e.pass(test.age)
			e.fails(errRefused)
			e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
		})
	}
}

func TestAStaleAnswerIsStillConditionalAndRanged(t *testing.T) {
	e := newEdge(t)
	e.fill("/posts/tea/", before)
	etag := e.get("/posts/tea/").header.Get("Etag")
	e.pass(2 * time.Hour)
	e.fails(errRefused)
	e.get("/posts/tea/", "If-None-Match: "+etag).want(304, "", "")
	e.get("/posts/tea/", "Range: bytes=0-3").want(206, before[:4], "")
	head := e.request("HEAD", "/posts/tea/", "")
	head.want(200, "", "")
	head.wantHeader("Age", "7200")
}

func TestWhereTheOriginDecidesItsErrorsAreTheClients(t *testing.T) {
	e := newEdge(t)
	e.says(500, "oops", "Content-Type: text/plain")
	e.get("/open/a").want(500, "oops", "")
	e.says(200, "a page", "Content-Type: text/html", "Cache-Control: max-age=60, stale-if-error=600")
	e.pass(passTime)
	e.get("/open/a").want(200, "a page", "Larder; fwd=uri-miss; fwd-status=200; stored")
	e.pass(2 * time.Minute)
	e.says(500, "oops")
	e.get("/open/a").want(200, "a page", "")
}

func TestAStaleAnswerDoesNotWaitForTheTrialOfAnOriginThatIsDown(t *testing.T) {
	for _, test := range []struct {
		name   string
		purged bool
		first  bool // the client has its answer before the origin is asked
	}{
		{"stale by age", false, true},
		{"purged", true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.app.down = func() error { return origin.ErrCircuitOpen }
			e.says(200, `{"data":{"slug":"tea"}}`)
			e.get("/posts/tea/")
			if test.purged {
				e.purge(`"keys":["post:tea"]`)
			} else {
				e.pass(2 * time.Hour)
			}
			e.fails(origin.ErrTimeout)
			body := e.get("/posts/tea/")
			if body.status != 200 || !strings.Contains(body.header.Get("Cache-Status"), "stale-if-error") {
				t.Errorf("the answer is %d, %s", body.status, body.header.Get("Cache-Status"))
			}
			if first := body.closedAt == 1; first != test.first {
				t.Errorf("the answer ended before the origin was asked: %t, want %t", first, test.first)
			}
			e.wantAsked(2)
		})
	}
}

func TestAnOriginMaySayWithADateWhenToComeBack(t *testing.T) {
	e := newEdge(t)
	e.says(503, "", "Retry-After: "+e.clock().Add(30*time.Second).Format(http.TimeFormat))
	r := e.get("/posts/tea/")
	r.wantProblem(503, "origin-unavailable")
	r.wantHeader("Retry-After", "30")
	e.wantAsked(1)
	e.pass(29 * time.Second)
	e.get("/posts/tea/")
	e.wantAsked(0)
	e.pass(2 * time.Second)
	e.get("/posts/tea/")
	e.wantAsked(1)
}

// What the origin asks for may be a mistake, or be over sooner.
func TestAnOriginIsSparedForAMinuteAtMost(t *testing.T) {
	e := newEdge(t)
	e.says(503, "", "Retry-After: 3600")
	e.get("/posts/tea/").wantHeader("Retry-After", "3600")
	e.wantAsked(1)
	e.pass(maxFailureTime - time.Second)
	e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
	e.wantAsked(0)
	e.pass(2 * time.Second)
	e.says(200, before)
	e.get("/posts/tea/").want(200, before, "Larder; fwd=uri-miss; fwd-status=200; stored")
	e.wantAsked(1)
}

// Customers notice nothing, so the operator has to hear of it here.
func TestTheLogTellsWhatFailedOnTheWayToAnAnswer(t *testing.T) {
	elsewhere := errors.New(`origin "elsewhere": connection refused`)
	tests := []struct {
		name, uri string
		status    int
		others    error
		line      string
	}{
		{"a good answer", "/posts/tea/", 200, nil, ""},
		{"a good answer of the second origin", "/posts/tea/", 200, elsewhere,
			`fetch /posts/tea/: answered by "primary"; origin "elsewhere": connection refused`},
		{"a failure of both", "/posts/tea/", 502, elsewhere,
			`fetch /posts/tea/: origin "primary": origin-status 502; origin "elsewhere": connection refused`},
		{"what passes through", "/posts/tea/?preview=secret", 200, elsewhere,
			`fetch /posts/tea/: answered by "primary"; origin "elsewhere": connection refused`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.once(func() (*origin.Response, error) {
				resp := e.response(test.status, before)
				resp.Others = test.others
				return resp, nil
			})
			e.get(test.uri)
			if len(e.logged) == 0 {
				e.logged = []string{""}
			}
			if e.logged[0] != test.line {
				t.Errorf("the log has %q, want %q", e.logged[0], test.line)
			}
		})
	}
}

// Two origins of which a test says what they are.
func (e *edge) origins(primary, standby func(*origin.Request) (*origin.Response, error)) *origin.Client {
	cfg := e.app.config
	client := &origin.Client{
		Origins: cfg.Origins, Failures: cfg.Failures, Breaker: cfg.Breaker, Deadline: cfg.Deadline,
		Sender: senders{"primary": primary, "standby": standby}, Cache: e.spy, Now: e.clock,
		Random: func() float64 { return 0.5 },
	}
	e.app.origins = client
	return client
}

// withStandby adds an origin to a configuration.
func withStandby(file string) string {
	return strings.Replace(file, `"host": "api.example"}`, `"host": "api.example"}, {"name": "standby", "host": "api.example"}`, 1)
}

// Who has an allowed copy must not even wait for another one's trial.
func TestWhileAnOriginIsTriedAgainNobodyWaits(t *testing.T) {
	e := newEdge(t)
	e.app.down = func() error { return origin.ErrCircuitOpen }
	e.fill("/posts/tea/", before)
	e.pass(2 * time.Hour)
	asked, release := make(chan bool), make(chan bool)
	e.does(func(*origin.Request) (*origin.Response, error) {
		asked <- true
		<-release
		return nil, origin.ErrTimeout
	})
	first, second := make(chan reply, 1), make(chan reply, 1)
	go func() { first <- e.get("/posts/tea/") }()
	<-asked
	go func() { second <- e.get("/posts/tea/") }()
	r := <-second // or the test hangs
	r.want(200, before, `Larder; fwd=stale; ttl=-3600; detail="stale-if-error; origin-circuit-open"`)
	close(release)
	<-first
}

// Hits in an outage are many, and each would take a lease and write a line.
func TestWhileNoOriginMayBeAskedAHitLeavesItAtThat(t *testing.T) {
	for name, test := range map[string]struct {
		down  error
		asked int
	}{
		"no trial is due":    {&origin.OpenError{RetryAfter: time.Second}, 0},
		"a trial is due":     {&origin.OpenError{}, 1},
		"in maintenance":     {errMaintenance, 0},
		"all origins answer": {nil, 1},
	} {
		for _, age := range []time.Duration{time.Hour + 30*time.Second, 2 * time.Hour} {
			e := newEdge(t)
			e.fill("/posts/tea/", before)
			e.pass(age)
			e.app.down = func() error { return test.down }
			e.fails(errRefused)
			e.get("/posts/tea/").want(200, before, "")
			if len(e.asked) != test.asked || (len(e.logged) > 0) != (test.asked > 0) {
				t.Errorf("%s, %v after it was stored: %d requests, and the log has %q", name, age, len(e.asked), e.logged)
			}
		}
	}
}

// Where few pages are in demand, no circuit opens for bodies that trickle. Then
// one request waits, and those that have come meanwhile, and nobody after.
func TestAFailureThatTookLongIsWaitedForOnce(t *testing.T) {
	slowly := func(e *edge, answer func() (*origin.Response, error)) func(*origin.Request) (*origin.Response, error) {
		return func(*origin.Request) (*origin.Response, error) {
			e.pass(10 * time.Second)
			return answer()
		}
	}
	e := newEdge(t)
	e.fill("/posts/tea/", before)
	e.pass(2 * time.Hour)
	e.does(slowly(e, func() (*origin.Response, error) { return nil, origin.ErrTimeout }))
	waited := func() bool {
		t.Helper()
		asked := len(e.asked)
		r := e.get("/posts/tea/")
		if !strings.HasSuffix(r.header.Get("Cache-Status"), `detail="stale-if-error; origin-timeout"`) {
			t.Errorf("Cache-Status is %s", r.header.Get("Cache-Status"))
		}
		return r.closedAt != asked // it was not ended before the origin was asked
	}
	if !waited() {
		t.Error("the first one did not wait")
	}
	for range 30 { // each trial is remembered too
		e.pass(50 * time.Second)
		if waited() {
			t.Error("one more has waited")
		}
	}
	e.pass(50 * time.Second)
	e.does(slowly(e, func() (*origin.Response, error) { return e.response(200, after), nil }))
	e.get("/posts/tea/").want(200, before, "")
	e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
	e.pass(10 * time.Second) // what was purged is waited for
	e.purge(`"keys":["post:tea"]`)
	e.does(slowly(e, func() (*origin.Response, error) { return nil, origin.ErrTimeout }))
	for range 2 {
		if !waited() {
			t.Error("what was purged is given at once")
		}
		e.pass(2 * time.Second)
	}
}
