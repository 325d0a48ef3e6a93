package accesslog

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"time"

	"larder/config"
)

// written is what a Log has written, and how often its endpoint was opened.
type written struct {
	bytes.Buffer
	name   string
	opened int
}

func newLog(cfg config.Logs, random func(int) int) (*Log, *written) {
	out := &written{}
	return New(cfg, About{POP: "FRA", Version: "7"}, func(name string) io.Writer {
		out.name, out.opened = name, out.opened+1
		return out
	}, random), out
}

func never(int) int { panic("no number was to be drawn") }

func TestALineIsOneJSONObject(t *testing.T) {
	l, out := newLog(config.Logs{Access: "requests", FreshHits: 1, Slow: time.Second}, never)
	age := int64(0)
	line := Line{Time: time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC), Method: "GET", Path: "/a\"\n", Status: 200, Cache: Hit, Age: &age}
	if err := l.Write(line, 1500*time.Microsecond); err != nil {
		t.Fatal(err)
	}
	const want = `{"time":"2026-12-01T08:00:00Z","pop":"FRA","version":"7","method":"GET","path":"/a\"\n","status":200,"cache":"hit","age":0,"ms":1.5,"bytes":0,"sample":1}`
	if out.String() != want {
		t.Errorf("got  %s\nwant %s", out, want)
	}
	if out.name != "requests" {
		t.Errorf("the endpoint is %q", out.name)
	}
}

func TestFreshHitsAreSampledAndNothingElse(t *testing.T) {
	for _, c := range []struct {
		name    string
		line    Line
		took    time.Duration
		sampled bool
	}{
		{"a fresh hit", Line{Status: 200, Cache: Hit}, time.Millisecond, true},
		{"a 304 to a fresh hit", Line{Status: 304, Cache: Hit}, time.Millisecond, true},
		{"a slow hit", Line{Status: 200, Cache: Hit}, time.Second, false},
		{"a stale hit", Line{Status: 200, Cache: Hit, Stale: StaleWhileRevalidate}, time.Millisecond, false},
		{"a stored 404", Line{Status: 404, Cache: Hit}, time.Millisecond, false},
		{"a miss", Line{Status: 200, Cache: "uri-miss"}, time.Millisecond, false},
		{"an error of Larder's own", Line{Status: 400, Cache: None}, time.Millisecond, false},
	} {
		for drawn, want := range []int{1, 0, 0} {
			if !c.sampled {
				want = 1
			}
			l, out := newLog(config.Logs{Access: "a", FreshHits: 3, Slow: time.Second}, func(n int) int { return drawn })
			if err := l.Write(c.line, c.took); err != nil {
				t.Fatal(err)
			}
			var got Line
			if out.Len() > 0 {
				if err := json.Unmarshal(out.Bytes(), &got); err != nil {
					t.Fatal(err)
				}
			}
			sample := 1
			if c.sampled {
				sample = 3
			}
			if lines := out.opened; lines != want || want == 1 && got.Sample != sample {
				t.Errorf("%s, number %d drawn: %d lines that stand for %d, want %d for %d", c.name, drawn, lines, got.Sample, want, sample)
			}
		}
	}
}

func TestNoFreshHitIsWrittenWithoutASample(t *testing.T) {
	l, out := newLog(config.Logs{Access: "a", FreshHits: 0, Slow: time.Second}, never)
	if err := l.Write(Line{Status: 200, Cache: Hit}, 0); err != nil || out.Len() > 0 {
		t.Errorf("a fresh hit was written: %s (%v)", out, err)
	}
	if err := l.Write(Line{Status: 200, Cache: "stale"}, 0); err != nil || out.Len() == 0 {
		t.Errorf("a revalidation was not written (%v)", err)
	}
}

func TestWithoutAnEndpointNothingIsWritten(t *testing.T) {
	l, _ := newLog(config.Logs{}, never)
	if err := l.Write(Line{}, 0); l != nil || err != nil {
		t.Errorf("there is a log without an endpoint, or an error: %v", err)
	}
}

type broken struct{}

var errBroken = errors.New("broken")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestTheEndpointsErrorIsReturned(t *testing.T) {
	l := New(config.Logs{Access: "a", FreshHits: 1}, About{}, func(string) io.Writer { return broken{} }, never)
	if err := l.Write(Line{}, 0); !errors.Is(err, errBroken) {
		t.Errorf("the error is %v", err)
	}
}
