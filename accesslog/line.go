package accesslog

import (
	"strings"
	"time"

	"larder/httpcache"
)

// Line says what a request was, and what became of it. Its members are those of
// the JSON object that is written; docs/observe.md explains them. No credential
// may get into one: so there is a path without its query, and the tenant's hash.
type Line struct {
	// Time is when the request arrived, in UTC.
	Time time.Time `json:"time"`
	About
	// ID is what the response calls the request; empty if it does not.
	ID     string `json:"id,omitempty"`
	Method string `json:"method"`
	// Route is the name of the route; empty without one.
	Route string `json:"route,omitempty"`
	Path  string `json:"path"`
	// Status of the response that the client got.
	Status int `json:"status"`
	// Cache, Detail and the following are those of Cache-Status (RFC 9211).
	// Cache is "hit", the reason for forwarding, or "none".
	Cache     string `json:"cache"`
	Detail    string `json:"detail,omitempty"`
	FwdStatus int    `json:"fwd_status,omitempty"`
	Stored    bool   `json:"stored,omitempty"`
	Collapsed bool   `json:"collapsed,omitempty"`
	// Stale says why the response was stale: [StaleWhileRevalidate], or the first
	// word of Detail.
	Stale string `json:"stale,omitempty"`
	// Purged says that a soft purge had made the stored response stale.
	Purged bool `json:"purged,omitempty"`
	// Age and TTL of a stored response, in seconds. A TTL is negative once the
	// response is stale.
	Age *int64 `json:"age,omitempty"`
	TTL *int64 `json:"ttl,omitempty"`
	// Milliseconds until the response was sent.
	Milliseconds Milliseconds `json:"ms"`
	// Bytes of the body that were sent, before the platform's compression.
	Bytes int64 `json:"bytes"`
	// Origin, Attempts and OriginMilliseconds are those of the request's own
	// fetch.
	Origin             string       `json:"origin,omitempty"`
	Attempts           int          `json:"attempts,omitempty"`
	OriginMilliseconds Milliseconds `json:"origin_ms,omitempty"`
	// Tenant is the hash of the credential.
	Tenant string `json:"tenant,omitempty"`
	// Edge says that the client was another POP, for which this one is the shield.
	Edge bool `json:"edge,omitempty"`
	// Sample is how many requests the line stands for.
	Sample int `json:"sample"`
}

// Milliseconds are written with a precision of microseconds.
type Milliseconds float64

// MillisecondsOf converts a duration.
func MillisecondsOf(d time.Duration) Milliseconds {
	return Milliseconds(float64(d.Microseconds()) / 1000)
}

const (
	// Hit and None are values of Line.Cache beside the reasons of RFC 9211.
	Hit  = "hit"
	None = "none"
	// StaleWhileRevalidate: a response within that window was served.
	StaleWhileRevalidate = "stale-while-revalidate"
)

// staleDetails are the first words of a detail that say that the response was
// stale, or a copy.
var staleDetails = [...]string{"stale-if-error", "shield-stale", "vault", "vault-superseded"}

// SetCacheStatus copies what Cache-Status says.
func (l *Line) SetCacheStatus(s httpcache.CacheStatus) {
	l.Detail, l.FwdStatus, l.Stored, l.Collapsed = s.Detail, s.FwdStatus, s.Stored, s.Collapsed
	switch {
	case s.Hit:
		l.Cache = Hit
	case s.Fwd != httpcache.FwdNone:
		l.Cache = s.Fwd.String()
	default:
		l.Cache = None
	}
	if s.TTL.Valid {
		seconds := int64(s.TTL.Value / time.Second)
		l.TTL = &seconds
		if s.Hit && s.TTL.Value < 0 {
			l.Stale = StaleWhileRevalidate
		}
	}
	first, _, _ := strings.Cut(s.Detail, ";")
	for _, known := range staleDetails {
		if first == known {
			l.Stale = known
		}
	}
}
