package httpcache

import (
	"net/http"
	"time"
)

// Lifetimes are how long a stored response may be used, and how.
type Lifetimes struct {
	// Freshness is the freshness lifetime, which is compared with the age.
	Freshness time.Duration
	// InitialAge is the corrected initial age at the moment of receipt
	// (RFC 9111 §4.2.3).
	InitialAge time.Duration
	// StaleWhileRevalidate and StaleIfError begin where Freshness ends.
	StaleWhileRevalidate time.Duration
	StaleIfError         time.Duration
	// Validation is how long after its receipt a response that is stale is
	// worth keeping for its validator alone: [ValidationRetention] or zero.
	Validation time.Duration
	// MustRevalidate forbids every stale use, whatever the operator says.
	MustRevalidate bool
	// NoCache asks for a validation before every use.
	NoCache bool
}

const (
	// ValidationRetention is how long past its freshness a response with a
	// validator is kept so that it can be revalidated instead of fetched.
	ValidationRetention = time.Hour
	// DefaultStaleIfError is how long past its freshness a successful response
	// may stand in for an origin that fails, where neither the operator nor
	// the origin says anything (RFC 9111 §4.2.4 and §4.3.3 allow it to a cache
	// that is disconnected or got a 5xx).
	DefaultStaleIfError = time.Hour
)

// Window is how long past Freshness the host must keep the entry: the longest
// of the stale windows and the retention for validation. Zero or more.
func (l Lifetimes) Window() time.Duration {
	validation := l.Validation
	if validation > 0 {
		// A response that arrives stale is still kept for its full retention.
		validation += max(0, l.InitialAge-l.Freshness)
	}
	return max(0, l.StaleWhileRevalidate, l.StaleIfError, validation)
}

// serveNobody: on receipt the host would already be entitled to let go of the
// entry, or every use of it needs a validation that is not possible.
func (l Lifetimes) serveNobody() bool {
	window := l.Window()
	return l.InitialAge >= l.Freshness+window || l.NoCache && window == 0
}

// followOperator is the lifetimes where the operator's TTL counts. Like every
// lifetime it is compared with the age, so the age on receipt is added: the
// operator counts from the moment of storing.
func followOperator(resp *Response, p Policy, d responseDirectives, explicit Optional[time.Duration]) (Lifetimes, NotStored) {
	if len(resp.Header["Set-Cookie"]) > 0 {
		return Lifetimes{}, NotStoredSetCookie
	}
	age := initialAge(resp)
	// no-cache does not shorten the operator's TTL, but like must-revalidate
	// it speaks against stale answers. s-maxage does so only as the lifetime
	// that it is, which the TTL replaces.
	l := Lifetimes{
		InitialAge:     age,
		MustRevalidate: d.mustRevalidate || d.proxyRevalidate || d.noCache,
	}
	switch resp.Status {
	case 200, 203, 204, 300, 301, 308:
		l.Freshness = max(0, age+p.lifetime(p.TTL.Value))
	case 404, 410:
		if p.NotFoundTTL <= 0 {
			return Lifetimes{}, NotStoredErrorStatus
		}
		l.Freshness = max(0, age+p.lifetime(p.NotFoundTTL))
		return l, Storable
	case 302, 303, 307:
		if explicit.Value <= age {
			return Lifetimes{}, NotStoredStatus
		}
		l.Freshness = explicit.Value
	case 206:
		return Lifetimes{}, NotStoredRange
	default:
		if resp.Status >= 400 {
			return Lifetimes{}, NotStoredErrorStatus
		}
		return Lifetimes{}, NotStoredStatus
	}
	l.setWindows(resp, p, d)
	return l, Storable
}

// lifetime is the operator's, counted from the moment of storing, or what the
// cache before this one has left of it.
func (p Policy) lifetime(operator time.Duration) time.Duration {
	if p.Remaining.Valid {
		return min(clampDelta(operator), p.Remaining.Value)
	}
	return clampDelta(operator)
}

// followOrigin is the lifetimes where the origin's headers count.
func followOrigin(resp *Response, p Policy, d responseDirectives, explicit Optional[time.Duration]) (Lifetimes, NotStored) {
	age := initialAge(resp)
	l := Lifetimes{InitialAge: age, NoCache: d.noCache}
	lifetime := explicit
	if !lifetime.Valid && p.Heuristic {
		lifetime = heuristicLifetime(d, resp)
	}
	l.Freshness = lifetime.Value
	if len(resp.Header["Set-Cookie"]) > 0 && explicit.Value <= 0 {
		return Lifetimes{}, NotStoredSetCookie
	}
	if !lifetime.Valid && !(hasValidator(resp.Header) && (heuristicallyCacheable(resp.Status) || d.public)) {
		return Lifetimes{}, NotStoredNoLifetime
	}
	// RFC 9111 §5.2.2.10: s-maxage forbids stale answers as proxy-revalidate
	// does. An origin that names a stale window beside it permits that one.
	permits := d.staleWhileRevalidate.present || d.staleIfError.present
	l.MustRevalidate = d.mustRevalidate || d.proxyRevalidate || d.sMaxAge.present && !permits
	l.setWindows(resp, p, d)
	return l, Storable
}

// setWindows sets the stale windows and the retention for validation. The
// operator's windows count, then the origin's, then, for success alone, the
// default. What must not be used stale has none.
func (l *Lifetimes) setWindows(resp *Response, p Policy, d responseDirectives) {
	if hasValidator(resp.Header) {
		l.Validation = ValidationRetention
	}
	if l.MustRevalidate || l.NoCache || CountsAsError(resp.Status) || len(resp.Header["Set-Cookie"]) > 0 {
		return
	}
	var fallback time.Duration
	if resp.Status < 400 {
		fallback = DefaultStaleIfError
	}
	l.StaleWhileRevalidate = window(p.StaleWhileRevalidate, d.staleWhileRevalidate, 0)
	l.StaleIfError = window(p.StaleIfError, d.staleIfError, fallback)
}

func window(operator Optional[time.Duration], origin delta, fallback time.Duration) time.Duration {
	if operator.Valid {
		return clampDelta(operator.Value)
	}
	if origin.present {
		return origin.duration()
	}
	return fallback
}

// hasValidator says whether the origin can be asked if the response is still
// current (RFC 9110 §8.8).
func hasValidator(h http.Header) bool {
	if h.Get("Etag") != "" {
		return true
	}
	_, ok := timeField(h, "Last-Modified")
	return ok
}

// CountsAsError says whether an answer with this status lets a stale one stand
// in for it (RFC 5861 §4).
func CountsAsError(status int) bool {
	switch status {
	case 500, 502, 503, 504:
		return true
	}
	return false
}
