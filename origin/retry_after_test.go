package origin

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"larder/origin/breaker"
)

func TestParseRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name  string
		value string
		want  time.Duration
	}{
		{"none", "", 0},
		{"seconds", "120", 2 * time.Minute},
		{"no seconds", "0", 0},
		{"a month of seconds is an hour", "2592000", time.Hour},
		{"more seconds than a number holds", "99999999999999999999", time.Hour},
		{"a date", "Mon, 23 Nov 2026 12:00:30 GMT", 30 * time.Second},
		{"a date in the past", "Mon, 23 Nov 2026 11:59:30 GMT", 0},
		{"a date next month", "Wed, 23 Dec 2026 12:00:00 GMT", time.Hour},
		{"a negative number", "-5", 0},
		{"a fraction", "1.5", 0},
		{"words", "soon", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := ParseRetryAfter(http.Header{"Retry-After": {test.value}}, now); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestAnAnswerReportsHowLongAllOriginsWantNotToBeAsked(t *testing.T) {
	busy := func(seconds string) reply { return says(503, "Retry-After", seconds) }
	tests := []struct {
		name          string
		open          bool // the circuit of a
		first, second reply
		want          time.Duration
	}{
		{"the least of both", false, busy("60"), busy("20"), 20 * time.Second},
		{"the first one's is less", false, busy("10"), busy("20"), 10 * time.Second},
		{"one sends none", false, says(500), busy("20"), 0},
		{"the other sends none", false, busy("20"), says(500), 0},
		{"one has not answered", false, fails(errReset), busy("20"), 0},
		{"one was skipped", true, says(200), busy("20"), 0},
		{"one was not asked, because the other has answered", false, says(200, "Retry-After", "5"), nil, 0},
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
				resp, err := c.Do(t.Context(), fetch("/"), 1<<10)
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Close()
				if resp.RetryAfter != test.want {
					t.Errorf("got %v, want %v", resp.RetryAfter, test.want)
				}
			})
		})
	}
}

func TestA429ForOneURLChangesNothingForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("a", says(429, "Retry-After", "3600"), says(200))
		c := b.client("a")
		if status, err := do(t, c, fetch("/busy")); status != 429 {
			t.Error(err)
		}
		for i := range 10 {
			if status, err := do(t, c, fetch(fmt.Sprint("/pages/", i))); status != 200 {
				t.Error(err)
			}
		}
		wantState(t, c, "a", breaker.Closed)
	})
}
