package handlers

import (
	"errors"
	"testing"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/config"
	"larder/problem"
)

// guard is a Guard of one function.
type guard func(*fsthttp.Request) error

func (g guard) Check(r *fsthttp.Request) error { return g(r) }

var errStranger = problem.New("unauthorized", 401, "Only operators may read this.")

func operatorsOnly(r *fsthttp.Request) error {
	if r.Header.Get("Authorization") != "Bearer operator" {
		return errStranger
	}
	return nil
}

func newStatusEdge(t *testing.T) *edge {
	e := newEdge(t)
	e.app.operations[HealthPath] = Health{}
	e.app.operations[StatusPath] = &Status{
		Guard:  guard(operatorsOnly),
		Report: func() any { return map[string]any{"version": 1, "origins": []string{"primary"}} },
	}
	return e
}

func TestHealthAndStatus(t *testing.T) {
	const ok, report = `{"status":"ok"}` + "\n", `{"origins":["primary"],"version":1}` + "\n"
	tests := []struct {
		name, method, uri, token string
		status                   int
		body                     string
		problem                  string
	}{
		{"anyone may ask for health", "GET", HealthPath, "", 200, ok, ""},
		{"health by HEAD", "HEAD", HealthPath, "", 200, "", ""},
		{"health ignores a query", "GET", HealthPath + "?x=1", "", 200, ok, ""},
		{"health cannot be changed", "POST", HealthPath, "", 405, "", "method-not-allowed"},
		{"nor for deleting", "DELETE", HealthPath, "", 405, "", "method-not-allowed"},
		{"the operator gets the status", "GET", StatusPath, "operator", 200, report, ""},
		{"and its header by HEAD", "HEAD", StatusPath, "operator", 200, "", ""},
		{"strangers are not", "GET", StatusPath, "", 401, "", "unauthorized"},
		{"nor those with another token", "GET", StatusPath, "reader", 401, "", "unauthorized"},
		{"the status cannot be changed", "POST", StatusPath, "operator", 405, "", "method-not-allowed"},
		{"for a stranger either", "PUT", StatusPath, "", 405, "", "method-not-allowed"},
		{"there is nothing below it", "GET", StatusPath + "/more", "operator", 404, "", "no-operation"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newStatusEdge(t)
			r := e.request(test.method, test.uri, "", "Authorization: Bearer "+test.token)
			e.wantAsked(0)
			if test.problem != "" {
				r.wantProblem(test.status, test.problem)
				if test.status == 405 {
					r.wantHeader("Allow", "GET, HEAD")
				}
				return
			}
			r.want(test.status, test.body, anything)
			if r.body != test.body {
				t.Errorf("the body is %q", r.body)
			}
			r.wantHeader("Content-Type", "application/json")
			r.wantHeader("Cache-Control", "no-store")
		})
	}
}

func TestHealthIsOKInAnOutageAndWithAnySwitch(t *testing.T) {
	for name, switches := range map[string]config.Switches{
		"nothing":     {},
		"pass":        {Pass: true},
		"maintenance": {Maintenance: true, Disabled: []string{"primary"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := newStatusEdge(t)
			e.fails(errRefused)
			e.spy.fail = errors.New("the cache is broken")
			e.switches(switches)
			e.get(HealthPath).want(200, `{"status":"ok"}`+"\n", anything)
			e.get(StatusPath, "Authorization: Bearer operator").want(200, anything, anything)
			e.wantAsked(0)
		})
	}
}

func TestAGuardsFailureRevealsNothing(t *testing.T) {
	e := newStatusEdge(t)
	e.app.operations[StatusPath] = &Status{
		Guard:  guard(func(*fsthttp.Request) error { return errors.New("secret inside") }),
		Report: func() any { t.Error("the status was asked for"); return nil },
	}
	r := e.get(StatusPath)
	r.wantProblem(500, "internal")
	if containsFold(r.body, "secret") {
		t.Errorf("the client gets %q", r.body)
	}
}

func TestAReportThatCannotBeEncodedIsAProblem(t *testing.T) {
	e := newStatusEdge(t)
	e.app.operations[StatusPath] = &Status{Guard: guard(operatorsOnly), Report: func() any { return func() {} }}
	e.get(StatusPath, "Authorization: Bearer operator").wantProblem(500, "internal")
}
