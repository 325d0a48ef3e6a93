package handlers

import (
	"fmt"
	"strings"
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

// errMaintenance is what the origins' client says where none may be asked.
var errMaintenance = fmt.Errorf("%w: %w", origin.ErrUnavailable, origin.ErrDisabled)

func TestThePassSwitch(t *testing.T) {
	const passed = "Larder; fwd=bypass; fwd-status=200; detail=switch-pass"
	e := newEdge(t)
	e.fill("/posts/tea/", before)
	e.switches(config.Switches{Pass: true})
	e.does(func(*origin.Request) (*origin.Response, error) {
		resp := e.response(200, "", aMinute)
		resp.Body, resp.Remainder = nil, &rest{Reader: strings.NewReader(after)}
		return resp, nil
	})
	for range 2 {
		e.get("/posts/tea/?utm=x", "Cookie: a=b").want(200, after, passed)
	}
	if asked := e.lastAsked(); asked.Query != "utm=x" || asked.Header.Get("Cookie") != "a=b" {
		t.Errorf("the origin is asked for %q with %v", asked.Query, asked.Header)
	}
	e.get("/open/a").want(200, after, passed)
	e.get("/nowhere/").want(200, after, passed)
	e.wantAsked(4)

	t.Run("asks no origin for what Larder answers by itself", func(t *testing.T) {
		e.request("OPTIONS", "/posts/tea/", "", "Origin: https://site.example", "Access-Control-Request-Method: GET").want(204, "", "")
		e.get("/_larder/nothing").wantProblem(404, "no-operation")
		e.request("POST", purge.Path, `{"keys":["nothing"]}`, "Authorization: Bearer operator").want(200, "", "")
		e.wantAsked(0)
	})
	t.Run("has no copy for an outage", func(t *testing.T) {
		e.fails(errRefused)
		e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
		e.wantAsked(1)
	})
	t.Run("leaves what was kept for afterwards", func(t *testing.T) {
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
		e.get("/posts/tea/").want(200, after, "")
		e.wantAsked(2)
	})
}

func TestTheStaleSwitchBoundsTheWindows(t *testing.T) {
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
		{"what is fresh is not stale", atMost(0), 59 * time.Minute, "/posts/tea/", 200},
		{"none at all", atMost(0), hour, "/posts/tea/", 503},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.says(200, before, "Cache-Control: max-age=60, stale-if-error=600", strongTag)
			e.get(test.uri).want(200, before, "")
			e.switches(test.switches)
			e.pass(test.age)
			e.fails(errRefused)
			e.get(test.uri).want(test.status, "", "")
		})
	}
}

func TestTheStaleSwitchBoundsWhatIsRenewedBehind(t *testing.T) {
	tests := []struct {
		name string
		max  time.Duration
		body string
	}{
		{"inside it the entry is given first", 30 * time.Second, before},
		{"past it the origin is asked first", 10 * time.Second, after},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.fill("/posts/tea/", before)
			e.switches(atMost(test.max))
			e.pass(time.Hour + 20*time.Second)
			e.says(200, after)
			e.get("/posts/tea/").want(200, test.body, "")
			e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
			e.wantAsked(1)
		})
	}
}

func TestMaintenance(t *testing.T) {
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
	e.pass(time.Second)
	e.switches(config.Switches{})
	e.says(200, after)
	e.get("/posts/tea/").want(200, after, "")
	e.get("/posts/milk/").want(200, after, "Larder; fwd=uri-miss; fwd-status=200; stored")
}

func TestOnlyIfCached(t *testing.T) {
	const only = "Cache-Control: only-if-cached"
	tests := []struct {
		name, uri string
		age       time.Duration // negative: nothing is kept
		line      string
		status    int
		asked     int
	}{
		{"what is fresh is given", "/open/a", time.Second, only, 200, 0},
		{"nothing is kept", "/open/a", -1, only, 504, 0},
		{"what is kept is stale", "/open/a", 2 * time.Minute, only, 504, 0},
		{"what is stale may have been purged", "/open/a", 70 * time.Second, only + ", max-stale=60", 504, 0},
		{"what is fresh is too old for the client", "/open/a", 30 * time.Second, only + ", max-age=10", 504, 0},
		{"where the operator decides it has no meaning", "/posts/tea/", -1, only, 200, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.says(200, before, aMinute)
			if test.age >= 0 {
				e.get(test.uri).want(200, before, "")
				e.wantAsked(1)
				e.pass(test.age)
			}
			r := e.get(test.uri, test.line)
			e.wantAsked(test.asked)
			if test.status == 504 {
				r.wantProblem(504, "not-cached")
				r.wantHeader("Cache-Status", "Larder; detail=only-if-cached")
				return
			}
			r.want(test.status, before, "")
		})
	}
}

func TestFieldsForTheFirstClientAlone(t *testing.T) {
	tests := []struct {
		name, control string
		lines         []string
		once, kept    []string
	}{
		{"no-cache of a cookie", `no-cache="Set-Cookie"`, []string{"Set-Cookie: a=b", "X-User: ada"}, []string{"Set-Cookie"}, []string{"X-User"}},
		{"private fields", `private="X-User, x-cart"`, []string{"X-User: ada", "X-Cart: 1", "X-Shop: tea"}, []string{"X-User", "X-Cart"}, []string{"X-Shop"}},
		{"both", `private="X-User", no-cache="X-Cart"`, []string{"X-User: ada", "X-Cart: 1"}, []string{"X-User", "X-Cart"}, nil},
		{"neither", "public", []string{"X-User: ada"}, nil, []string{"X-User"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.says(200, "text", append(test.lines, aMinute+", "+test.control)...)
			sent := fields(test.lines...)
			first := e.get("/open/a")
			first.want(200, "text", "Larder; fwd=uri-miss; fwd-status=200; stored")
			second := e.get("/open/a")
			second.want(200, "text", "Larder; hit; ttl=60")
			e.wantAsked(1)
			for _, name := range test.once {
				first.wantHeader(name, sent.Get(name))
			}
			second.wantNo(test.once...)
			for _, name := range test.kept {
				first.wantHeader(name, sent.Get(name))
				second.wantHeader(name, sent.Get(name))
			}
			e.pass(2 * time.Minute)
			renewed := e.get("/open/a")
			for _, name := range test.once {
				renewed.wantHeader(name, sent.Get(name))
			}
			e.get("/open/a").wantNo(test.once...)
			e.wantAsked(1)
		})
	}
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
	e.get("/open/a").want(200, before, "")
	e.switches(atMost(time.Minute))
	e.pass(5 * time.Minute)
	e.fails(errRefused)
	e.get("/open/a").want(503, "", "")
	e.get("/open/a", "Cache-Control: stale-if-error=600").want(503, "", "")
}

func TestMaxStaleIsNotAboutWhatWasPurged(t *testing.T) {
	e := newEdge(t)
	e.fill("/posts/tea/", before)
	e.switches(atMost(0))
	e.purge(`"keys":["post:tea"]`)
	e.fails(errRefused)
	e.get("/posts/tea/").want(200, before, "")
}
