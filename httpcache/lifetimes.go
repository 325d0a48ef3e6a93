package httpcache

import (
	"net/http"
	"time"
)

// Lifetimes are how long, and in which states, a stored response may be used.
type Lifetimes struct {
	// Freshness is the freshness lifetime, to be compared with the age.
	Freshness time.Duration
	// InitialAge is the corrected initial age on receipt (RFC 9111 §4.2.3).
	InitialAge time.Duration
	// StaleWhileRevalidate and StaleIfError begin when Freshness ends.
	StaleWhileRevalidate time.Duration
	StaleIfError         time.Duration
	// Validation is how long a stale response stays stored only because it can
	// be revalidated: [ValidationRetention] or zero.
	Validation time.Duration
	// MustRevalidate forbids all stale use, whatever the operator configures.
	MustRevalidate bool
	// NoCache requires validation before every use.
	NoCache bool
}

const (
	// ValidationRetention is how long past its freshness a response with a
	// validator stays stored, so that it can be revalidated.
	ValidationRetention = time.Hour
	// DefaultStaleIfError is the stale-if-error window of a successful response
	// if neither the operator nor the origin sets one. RFC 9111 §4.2.4 and
	// §4.3.3 allow a cache to serve stale responses when it is disconnected or
	// the origin answers 5xx.
	DefaultStaleIfError = time.Hour
)

// Window returns how long past Freshness the host must keep the entry: the
// longest of the stale windows and the retention for validation. It is never
// negative.
func (l Lifetimes) Window() time.Duration {
	validation := l.Validation
	if validation > 0 {
		// A response that is already stale on receipt gets its full retention.
		validation += max(0, l.InitialAge-l.Freshness)
	}
	return max(0, l.StaleWhileRevalidate, l.StaleIfError, validation)
}

// neverUsable reports whether storing the response would be pointless: it is
// past every window on receipt, or needs a validation that is not possible.
func (l Lifetimes) neverUsable() bool {
	window := l.Window()
	return l.InitialAge >= l.Freshness+window || l.NoCache && window == 0
}

// followOperator returns the lifetimes under the operator's TTL, which starts
// when the response is stored. Lifetimes are compared with the age, so the
// initial age is added.
func followOperator(resp *Response, p Policy, d responseDirectives, explicit Optional[time.Duration]) (Lifetimes, NotStored) {
	age := initialAge(resp)
	// no-cache does not shorten the operator's TTL but, like must-revalidate,
	// forbids stale use. s-maxage forbids it only together with its lifetime,
	// which the TTL replaces.
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

// lifetime limits the operator's lifetime to p.Remaining.
func (p Policy) lifetime(operator time.Duration) time.Duration {
	if p.Remaining.Valid {
		return min(clampDelta(operator), p.Remaining.Value)
	}
	return clampDelta(operator)
}

// followOrigin returns the lifetimes under the origin's headers.
func followOrigin(resp *Response, p Policy, d responseDirectives, explicit Optional[time.Duration]) (Lifetimes, NotStored) {
	age := initialAge(resp)
	l := Lifetimes{InitialAge: age, NoCache: d.noCache}
	lifetime := explicit
	if !lifetime.Valid && p.Heuristic {
		lifetime = heuristicLifetime(d, resp)
	}
	l.Freshness = lifetime.Value
	if !lifetime.Valid && !(hasValidator(resp.Header) && (heuristicallyCacheable(resp.Status) || d.public)) {
		return Lifetimes{}, NotStoredNoLifetime
	}
	// RFC 9111 §5.2.2.10: s-maxage forbids stale use like proxy-revalidate,
	// unless the origin names a stale window as well.
	permits := d.staleWhileRevalidate.present || d.staleIfError.present
	l.MustRevalidate = d.mustRevalidate || d.proxyRevalidate || d.sMaxAge.present && !permits
	l.setWindows(resp, p, d)
	return l, Storable
}

// setWindows sets the stale windows and the retention for validation. The
// operator's windows take precedence over the origin's, and those over the
// default, which is for successful responses only. A response that must not be
// used stale has no windows.
func (l *Lifetimes) setWindows(resp *Response, p Policy, d responseDirectives) {
	if hasValidator(resp.Header) {
		l.Validation = ValidationRetention
	}
	if l.MustRevalidate || l.NoCache || CountsAsError(resp.Status) {
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

// hasValidator reports whether the response can be validated (RFC 9110 §8.8).
func hasValidator(h http.Header) bool {
	if h.Get("Etag") != "" {
		return true
	}
	_, ok := timeField(h, "Last-Modified")
	return ok
}

// CountsAsError reports whether a stale response may be served in place of a
// response with this status (RFC 5861 §4).
func CountsAsError(status int) bool {
	switch status {
	case 500, 502, 503, 504:
		return true
	}
	return false
}
