package handlers

import (
	"fmt"
	"testing"
	"time"

	"larder/origin"
)

// Clients notice nothing of a failover, so the log has to tell the operator.
func TestTheLogSaysWhichOriginsFailed(t *testing.T) {
	tests := []struct {
		name, uri       string
		primary, second int // statuses; 0 refuses the connection
		line            string
	}{
		{"a good answer", "/posts/tea/", 200, 200, ""},
		{"a good answer from the second origin", "/posts/tea/", 0, 200,
			`fetch /posts/tea/: answered by "standby"; origin "primary": connection refused`},
		{"a failure of both", "/posts/tea/", 0, 502,
			`fetch /posts/tea/: origin "standby": origin-status 502; origin "primary": connection refused`},
		{"a request that passes through", "/posts/tea/?preview=secret", 0, 200,
			`pass /posts/tea/: answered by "standby"; origin "primary": connection refused`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdgeWith(t, withStandby(testConfig))
			answer := func(status int) script {
				return func(*origin.Request) (*origin.Response, error) {
					if status == 0 {
						return nil, errRefused
					}
					return e.response(status, before), nil
				}
			}
			e.answer, e.second = answer(test.primary), answer(test.second)
			e.get(test.uri)
			if got := append(e.logged, "")[0]; got != test.line {
				t.Errorf("the log begins with %q, not %q", got, test.line)
			}
		})
	}
}

// The long cooldown of one origin must not hold back another one's answers.
func TestAnswersComeBackWhenTheStandbyDoes(t *testing.T) {
	e := newEdgeWith(t, withStandby(testConfig))
	standby := origin.Unhealthy
	e.fails(errRefused)
	e.second = func(*origin.Request) (*origin.Response, error) { return e.response(200, before), nil }
	e.client.Health = func(backend string) origin.Health {
		if backend == "standby" {
			return standby
		}
		return origin.HealthUnknown
	}
	for i := range 200 { // the cooldown grows to its maximum
		e.get(fmt.Sprintf("/files/%d", i)).wantProblem(503, "origin-unavailable")
		e.pass(time.Second)
	}
	standby = origin.Healthy
	e.pass(2 * time.Second)
	e.get("/posts/tea/").want(200, before, anything)
}
