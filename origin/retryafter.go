package origin

import (
	"net/http"
	"strconv"
	"time"
)

// maxRetryAfter bounds what an origin can ask for, so that a mistake of it
// does not shut it out for days.
const maxRetryAfter = time.Hour

// RetryAfter is how long an origin wants to be left alone from now on (RFC
// 9110 §10.2.3), from 0 to an hour. It is 0 where there is no such wish, or
// one that cannot be read.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), maxRetryAfter)
	}
	for i := range len(value) {
		if value[i] < '0' || value[i] > '9' {
			return 0
		}
	}
	if value == "" {
		return 0
	}
	seconds, err := strconv.ParseInt(value, 10, 32)
	if err != nil { // more digits than any pause has
		return maxRetryAfter
	}
	return min(time.Duration(seconds)*time.Second, maxRetryAfter)
}
