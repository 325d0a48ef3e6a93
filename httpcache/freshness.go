package httpcache

import (
	"time"
)

// maxHeuristic bounds heuristic freshness: without an explicit word from the
// origin nothing is fresh for more than a day.
const maxHeuristic = 24 * time.Hour

// explicitLifetime is the freshness lifetime that the origin states (RFC 9111
// §4.2.1), from the first of s-maxage, max-age and Expires that is present.
// What is stated invalidly is zero.
func explicitLifetime(d responseDirectives, targeted bool, resp *Response) Optional[time.Duration] {
	if d.sMaxAge.present {
		return d.sMaxAge.optional()
	}
	if d.maxAge.present {
		return d.maxAge.optional()
	}
	if expires := resp.Header["Expires"]; len(expires) > 0 && !targeted {
		return Some(expiresLifetime(expires, dateOf(resp)))
	}
	return Optional[time.Duration]{}
}

// expiresLifetime is Expires minus Date. RFC 9111 §5.3: an invalid value, "0"
// above all, is a time in the past; so are several that differ.
func expiresLifetime(lines []string, date time.Time) time.Duration {
	expires, ok := parseTime(lines[0])
	if !ok {
		return 0
	}
	for _, line := range lines[1:] {
		if line != lines[0] {
			return 0
		}
	}
	return clampDelta(expires.Sub(date))
}

func clampDelta(d time.Duration) time.Duration { return min(max(0, d), maxDelta) }

// heuristicLifetime is a tenth of the time that the content had not changed
// for when it was sent (RFC 9111 §4.2.2). It needs a status code for which
// that is allowed, or "public".
func heuristicLifetime(d responseDirectives, resp *Response) Optional[time.Duration] {
	if !heuristicallyCacheable(resp.Status) && !d.public {
		return Optional[time.Duration]{}
	}
	modified, ok := timeField(resp.Header, "Last-Modified")
	if !ok {
		return Optional[time.Duration]{}
	}
	unchanged := max(0, dateOf(resp).Sub(modified))
	return Some(min(unchanged/10, maxHeuristic))
}

// heuristicallyCacheable lists the status codes of RFC 9110 §15.1.
func heuristicallyCacheable(status int) bool {
	switch status {
	case 200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501:
		return true
	}
	return false
}
