package origin

import (
	"net/http"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
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
			if got := RetryAfter(http.Header{"Retry-After": {test.value}}, now); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
