package config

import (
	"net/http"
	"slices"
	"time"
)

// failures returns the statuses that count as failures. An answer below 500
// is about the request and not about the origin, so that only 429, which asks
// to be left alone, is allowed among them.
func (c *checker) failures(f failuresFile, at *place) Failures {
	if f.Statuses == nil {
		return Failures{Statuses: []int{
			http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
			http.StatusServiceUnavailable, http.StatusGatewayTimeout,
			// Cloudflare's, in front of an origin that it cannot get an answer from.
			520, 521, 522, 523, 524, 525, 526, 527, 530,
		}}
	}
	statuses := make([]int, 0, len(f.Statuses))
	for i, status := range f.Statuses {
		here := at.member("statuses").element(i)
		switch {
		case !status.given: // reported by the decoder
		case status.number != http.StatusTooManyRequests && (status.number < 500 || status.number > 599):
			c.fail(here, "want 429 or a status from 500 to 599, as no other means that the origin cannot answer now; got %d", status.number)
		case slices.Contains(statuses, status.number):
			c.fail(here, "want each status once; got %d twice", status.number)
		}
		statuses = append(statuses, status.number)
	}
	slices.Sort(statuses)
	return Failures{Statuses: statuses}
}

func (c *checker) breaker(f breakerFile, at *place) Breaker {
	b := Breaker{
		Failures: c.count(f.Failures, 1, 100, 5, at.member("failures")),
		Window:   c.within(f.Window, time.Second, 10*time.Minute, 10*time.Second, at.member("window")),
		Cooldown: c.within(f.Pause, 100*time.Millisecond, 10*time.Minute, time.Second, at.member("pause")),
	}
	// A wrong pause is one mistake, and not one of max_pause too.
	least := min(max(b.Cooldown, 100*time.Millisecond), 10*time.Minute)
	b.MaxCooldown = c.within(f.MaxPause, least, time.Hour, max(least, time.Minute), at.member("max_pause"))
	return b
}
