package httpcache

import "time"

// maxHeuristic bounds heuristic freshness.
const maxHeuristic = 24 * time.Hour

// explicitLifetime returns the freshness lifetime that the origin states: the
// first of s-maxage, max-age and Expires that is present (RFC 9111 §4.2.1). An
// invalid value counts as zero.
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

// expiresLifetime returns Expires minus Date. RFC 9111 §5.3: an invalid value,
// especially "0", is a time in the past. Several different values count as
// invalid.
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

// heuristicLifetime returns a tenth of the time since Last-Modified (RFC 9111
// §4.2.2). It requires a heuristically cacheable status code or "public".
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

// heuristicallyCacheable reports whether RFC 9110 §15.1 lists the status code.
func heuristicallyCacheable(status int) bool {
	switch status {
	case 200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501:
		return true
	}
	return false
}
