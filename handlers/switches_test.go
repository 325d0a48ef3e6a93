package handlers

import (
	"fmt"
	"testing"
	"time"

	"larder/config"
	"larder/origin"
	"larder/purge"
)

// switches sets what the operator has switched from now on.
func (e *edge) switches(s config.Switches) {
	e.app.switches = func(time.Time) config.Switches { return s }
}

func atMost(d time.Duration) config.Switches {
	return config.Switches{MaxStale: config.OptionalDuration{Duration: d, Valid: true}}
}

// errMaintenance is the error of a client that may ask no origin.
var errMaintenance = fmt.Errorf("%w: %w", origin.ErrUnavailable, origin.ErrDisabled)

func TestThePassSwitch(t *testing.T) {
	const passed = "Larder; fwd=bypass; fwd-status=200; detail=switch-pass"
	e := newEdge(t)
	e.fill("/posts/tea/", before)
	e.switches(config.Switches{Pass: true})
	e.says(200, after, aMinute)
	for range 2 {
		e.get("/posts/tea/?utm=x", "Cookie: a=b").want(200, after, passed)
	}
	if asked := e.lastAsked(); asked.Query != "utm=x" || asked.Header.Get("Cookie") != "a=b" {
		t.Errorf("the origin is asked for %q with %v", asked.Query, asked.Header)
	}
	e.get("/open/a").want(200, after, passed)
	e.get("/nowhere/").want(200, after, passed)
	e.wantAsked(4)

	t.Run("asks no origin for what Larder itself answers", func(t *testing.T) {
		e.request("OPTIONS", "/posts/tea/", "", "Origin: https://site.example", "Access-Control-Request-Method: GET").want(204, "", anything)
		e.get("/_larder/nothing").wantProblem(404, "no-operation")
		e.request("POST", purge.Path, `{"keys":["nothing"]}`, "Authorization: Bearer operator").want(200, anything, anything)
		e.wantAsked(0)
	})
	t.Run("has no copy for an outage", func(t *testing.T) {
		e.fails(errRefused)
		e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
		e.wantAsked(1)
	})
	t.Run("leaves the entries for afterwards", func(t *testing.T) {
		e.switches(config.Switches{})
		e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
		e.wantAsked(0)
	})
	t.Run("still invalidates", func(t *testing.T) {
		e.switches(config.Switches{Pass: true})
		e.says(204, "")
		e.request("PUT", "/posts/tea/", "{}").want(204, "", "Larder; fwd=bypass; fwd-status=204; detail=switch-pass")
		e.switches(config.Switches{})
		e.says(200, after)
		e.get("/posts/tea/").want(200, after, anything)
		e.wantAsked(2)
	})
}

func TestMaxStaleBoundsTheStaleWindows(t *testing.T) {
	const hour = time.Hour
	tests := []struct {
		name     string
		switches config.Switches
		age      time.Duration
		uri      string
		status   int // in an outage
	}{
		{"without it the route's window counts", config.Switches{}, 20 * hour, "/posts/tea/", 200},
		{"inside both", atMost(2 * hour), 2 * hour, "/posts/tea/", 200},
		{"past it", atMost(2 * hour), 3*hour + time.Second, "/posts/tea/", 503},
		{"it does not extend the route's", atMost(90 * 24 * hour), 26 * hour, "/posts/tea/", 503},
		{"it bounds the origin's window too", atMost(time.Minute), 3 * time.Minute, "/open/a", 503},
		{"and does not extend it", atMost(90 * 24 * hour), hour / 2, "/open/a", 503},
		{"a fresh entry is not stale", atMost(0), 59 * time.Minute, "/posts/tea/", 200},
		{"none at all", atMost(0), hour, "/posts/tea/", 503},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.says(200, before, "Cache-Control: max-age=60, stale-if-error=600", strongTag)
			e.get(test.uri).want(200, before, anything)
			e.switches(test.switches)
			e.pass(test.age)
			e.fails(errRefused)
			e.get(test.uri).want(test.status, anything, anything)
		})
	}
}

func TestMaxStaleBoundsStaleWhileRevalidate(t *testing.T) {
	tests := []struct {
		name string
		max  time.Duration
		body string
	}{
		{"inside it the entry is served first", 30 * time.Second, before},
		{"past it the origin is asked first", 10 * time.Second, after},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.fill("/posts/tea/", before)
			e.switches(atMost(test.max))
			e.pass(time.Hour + 20*time.Second)
			e.says(200, after)
			e.get("/posts/tea/").want(200, test.body, anything)
			e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
			e.wantAsked(1)
		})
	}
}

func TestTheMaintenanceSwitch(t *testing.T) {
	e := newEdge(t)
	e.fill("/posts/tea/", before)
	e.switches(config.Switches{Maintenance: true})
	e.fails(errMaintenance)
	e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
	e.wantAsked(0)
	e.pass(2 * time.Hour)
	e.get("/posts/tea/").want(200, before, `Larder; fwd=stale; ttl=-3600; detail="stale-if-error; origin-disabled"`)
	e.get("/posts/milk/").wantProblem(503, "origin-unavailable")
	e.request("PUT", "/posts/tea/", "{}").wantProblem(503, "origin-unavailable")
	e.pass(firstBackoff)
	e.switches(config.Switches{})
	e.says(200, after)
	e.get("/posts/tea/").want(200, before, anything) // the origin is asked after this answer
	e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
	e.get("/posts/milk/").want(200, after, "Larder; fwd=uri-miss; fwd-status=200; stored")
}

func TestMaintenanceGoesBeforePass(t *testing.T) {
	e := newEdge(t)
	e.fill("/posts/tea/", before)
	e.switches(config.Switches{Maintenance: true, Pass: true})
	e.fails(errMaintenance)
	e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
}

func TestMaxStaleBoundsWhatClientsAskForToo(t *testing.T) {
	e := newEdge(t)
	e.says(200, before, "Cache-Control: max-age=60, stale-if-error=600", strongTag)
	e.get("/open/a").want(200, before, anything)
	e.switches(atMost(time.Minute))
	e.pass(5 * time.Minute)
	e.fails(errRefused)
	e.get("/open/a").want(503, anything, anything)
	e.get("/open/a", "Cache-Control: stale-if-error=600").want(503, anything, anything)
}

func TestMaxStaleLeavesPurgedEntriesAlone(t *testing.T) {
	e := newEdge(t)
	e.fill("/posts/tea/", before)
	e.switches(atMost(0))
	e.purge(`"keys":["post:tea"]`)
	e.fails(errRefused)
	e.get("/posts/tea/").want(200, before, anything)
}

// An upload can be sent once only, so it must not be lost to an origin of which
// the circuit knows that it cannot be reached.
func TestThePassSwitchKeepsTheOrderByTheRoutesCircuits(t *testing.T) {
	e := newEdgeWith(t, withStandby(testConfig))
	e.fails(errRefused)
	e.second = func(*origin.Request) (*origin.Response, error) { return e.response(200, before), nil }
	for i := range e.app.config.Breaker.Failures {
		e.get(fmt.Sprintf("/posts/%d/", i)).want(200, before, anything)
	}
	e.switches(config.Switches{Pass: true})
	e.request("POST", "/posts/tea/", "{}").want(200, before, "Larder; fwd=bypass; fwd-status=200; detail=switch-pass")
}
