package config

import (
	"testing"
	"time"
)

func TestEveryOriginIsRetriedOnceByDefault(t *testing.T) {
	origins := parse(t, `{"origins":[{"name":"a"},{"name":"b"},{"name":"c","retries":2}],"routes":[{"name":"a","path":"/"}]}`).Origins
	for i, want := range []int{1, 1, 2} {
		if got := origins[i].Retries; got != want {
			t.Errorf("origin %q is retried %d times, want %d", origins[i].Name, got, want)
		}
	}
}

func TestALongPauseRaisesTheDefaultOfTheLongest(t *testing.T) {
	got := parse(t, minimal(`"breaker":{"pause":"5m"},`, ``)).Breaker
	if got.MaxCooldown != 5*time.Minute {
		t.Errorf("got %v", got.MaxCooldown)
	}
}

func TestNoStatusesMeansNone(t *testing.T) {
	failures := parse(t, minimal(`"failures":{"statuses":[]},`, ``)).Failures
	if failures.Statuses == nil || failures.Has(503) {
		t.Errorf("got %v", failures)
	}
}
