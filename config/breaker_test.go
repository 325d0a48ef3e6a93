package config

import (
	"strings"
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

func TestALongCooldownRaisesTheDefaultOfTheLongest(t *testing.T) {
	got := parse(t, minimal(`"breaker":{"cooldown":"5m"},`, ``)).Breaker
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

func TestEveryNewNameIsAMember(t *testing.T) {
	for old, now := range renamed {
		_, err := Parse([]byte(nested(now, `"no such value"`)))
		if err == nil || strings.Contains(err.Error(), "unknown member") {
			t.Errorf("%s is said to be called %s now: %v", old, now, err)
		}
	}
}

// nested returns a file with one member by its path.
func nested(path, value string) string {
	names := strings.Split(path, ".")
	for i := len(names) - 1; i > 0; i-- {
		value = `{"` + names[i] + `":` + value + `}`
	}
	return minimal(`"`+names[0]+`":`+value+`,`, ``)
}
