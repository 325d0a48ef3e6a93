package origin

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestAnAnswerTellsWhatHappenedElsewhere(t *testing.T) {
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
		{"an early trial", true, fails(errReset), says(502), 502, `origin "a": connection reset`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				c := b.client("a", "b")
				c.Origins[0].Retries = 0
				if test.open {
					b.script("a", fails(errRefused))
					failTimes(t, b.client("a"), 5)
				}
				b.script("a", test.first)
				b.script("b", test.second)
				resp, err := c.Do(t.Context(), &Request{Method: http.MethodGet, Path: "/"}, 1<<10)
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

func TestAllOriginsWantToBeLeftAlone(t *testing.T) {
	patient := func(seconds string) reply { return says(503, "Retry-After", seconds) }
	tests := []struct {
		name          string
		open          bool // the circuit of a, and for long
		first, second reply
		want          time.Duration
	}{
		{"the least of their wishes", false, patient("60"), patient("20"), 20 * time.Second},
		{"the first one's is less", false, patient("10"), patient("20"), 10 * time.Second},
		{"one has none", false, says(500), patient("20"), 0},
		{"the other has none", false, patient("20"), says(500), 0},
		{"one has not answered", false, fails(errReset), patient("20"), 0},
		{"one was not asked, because it has failed", true, says(200), patient("20"), 0},
		{"one was not asked, because the other has answered", false, says(200, "Retry-After", "5"), nil, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				c := b.client("a", "b")
				c.Origins[0].Retries = 0
				if test.open {
					b.script("a", says(429, "Retry-After", "600"))
					failTimes(t, b.client("a"), 1)
				}
				b.script("a", test.first)
				b.script("b", test.second)
				resp, err := c.Do(t.Context(), &Request{Method: http.MethodGet, Path: "/"}, 1<<10)
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Close()
				if resp.RetryIn != test.want {
					t.Errorf("got %v, want %v", resp.RetryIn, test.want)
				}
			})
		})
	}
}

func TestTheLogTellsWhenACircuitOpensAndCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		c := b.client("a")
		var lines []string
		c.Log = func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
		expect := func(what string, want ...string) {
			t.Helper()
			if fmt.Sprint(lines) != fmt.Sprint(want) {
				t.Errorf("%s: got %q, want %q", what, lines, want)
			}
			lines = nil
		}
		b.script("a", fails(errRefused))
		failTimes(t, c, 4)
		expect("failures that count")
		failTimes(t, c, 1)
		expect("one too many", `origin "a": circuit open, next trial in 1s; failures: 5`)
		time.Sleep(time.Second)
		failTimes(t, c, 1)
		expect("a longer pause")
		time.Sleep(2 * time.Second)
		b.script("a", says(200))
		_, _ = get(t, c) // closes it
		expect("a good trial", `origin "a": circuit closed`)
		_, _ = get(t, c) // 200
		expect("another good answer")
		b.script("a", says(429, "Retry-After", "600"))
		failTimes(t, c, 1)
		expect("a wish to be left alone", `origin "a": circuit open, next trial in 10m0s; failures: 1`)
	})
}
