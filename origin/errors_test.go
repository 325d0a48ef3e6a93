package origin

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

func TestErrorsSayWhatHappenedOnOneLineAndNoSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", fails(errRefused))
		b.script("b", fails(errReset))
		c := b.client("a", "b")
		c.Origins[0].Headers = map[string]string{"X-Key": "secret"}
		c.Origins[0].Retries = 0
		c.Breaker.Failures = 1
		req := &Request{Method: "GET", Path: "/posts/", Query: "auth_token=secret", Header: http.Header{"Authorization": {"secret"}}}
		_, err := do(t, c, req)
		const want = `no origin answered: origin "a": connection refused; origin "b": connection reset`
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		_, err = do(t, c, req)
		const wantOpen = `no origin answered: origin "a": circuit open until 2000-01-01T00:00:01Z; origin "b": circuit open until 2000-01-01T00:00:01Z`
		if err == nil || err.Error() != wantOpen {
			t.Errorf("got  %v\nwant %s", err, wantOpen)
		}
	})
}

func TestAnAnswerSaysWhatHappenedElsewhere(t *testing.T) {
	tests := []struct {
		name          string
		open          bool // the circuit of a
		first, second reply
		status        int
		others        string
	}{
		{"nothing", false, says(200), says(200), 200, "<nil>"},
		{"a refused connection", false, fails(errRefused), says(200), 200, `origin "a": connection refused`},
		{"before a failing status", false, fails(errRefused), says(502), 502, `origin "a": connection refused`},
		{"after a failing status", false, says(502), fails(errRefused), 502, `origin "b": connection refused`},
		{"another status", false, says(500), says(502), 502, `origin "a": status 500`},
		{"an open circuit alone", true, says(200), says(200), 200, "<nil>"},
		{"a last resort", true, fails(errReset), says(502), 502, `origin "a": connection reset`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				c := b.client("a", "b")
				c.Origins[0].Retries = 0
				if test.open {
					b.openCircuit(t, "a")
				}
				b.script("a", test.first)
				b.script("b", test.second)
				resp, err := c.Do(t.Context(), lastResort("/"), 1<<10)
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Close()
				if got := fmt.Sprint(resp.Others); resp.Status != test.status || got != test.others {
					t.Errorf("got %d and %s, want %d and %s", resp.Status, got, test.status, test.others)
				}
			})
		})
	}
}

func TestASkippedOriginIsNamedBesideAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.openCircuit(t, "a")
		b.script("b", fails(errRefused))
		_, err := get(t, b.client("a", "b"))
		const want = `no origin answered: origin "b": connection refused; origin "a": circuit open until `
		if err == nil || !strings.HasPrefix(err.Error(), want) || errors.Is(err, ErrCircuitOpen) {
			t.Errorf("got %v", err)
		}
	})
}
