package origin

import (
	"errors"
	"net/http"
	"strconv"
	"time"
)

// maxRetryAfter bounds what an origin can ask for.
const maxRetryAfter = time.Hour

// ParseRetryAfter returns how long an origin wants not to be asked (RFC 9110
// §10.2.3), from 0 to an hour. It is 0 without a valid Retry-After.
func ParseRetryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), maxRetryAfter)
	}
	seconds, err := strconv.ParseUint(value, 10, 32)
	if errors.Is(err, strconv.ErrRange) {
		return maxRetryAfter
	}
	return min(time.Duration(seconds)*time.Second, maxRetryAfter)
}
