package httpcache

import (
	"net/http"
	"time"
)

// Optional is a value that can be absent. Absent differs from zero: max-age=0
// is not the same as no max-age.
type Optional[T any] struct {
	Value T
	Valid bool
}

// Some returns a present value.
func Some[T any](v T) Optional[T] { return Optional[T]{Value: v, Valid: true} }

// Policy is the operator's configuration for a route. The zero Policy follows
// the origin, without heuristics, and ignores request directives.
type Policy struct {
	// TTL is the freshness lifetime, counted from when the response is stored.
	// If absent, the origin's headers decide.
	TTL Optional[time.Duration]
	// Remaining is the freshness left, possibly negative, of a response that
	// comes from another cache of the same operator. If TTL is set, the shorter
	// of the two applies.
	Remaining Optional[time.Duration]
	// Validate requires validation before every use, as if the request said
	// no-cache.
	Validate bool
	// StaleWhileRevalidate and StaleIfError begin when freshness ends (RFC
	// 5861). If absent, the origin's directives decide.
	StaleWhileRevalidate, StaleIfError Optional[time.Duration]
	// ClientTTL is the freshness lifetime for downstream caches if TTL is set.
	ClientTTL time.Duration
	// ClientStaleIfError is how long downstream caches may use a response after
	// that when the edge itself fails, if TTL is set. Zero forbids it.
	ClientStaleIfError time.Duration
	// NotFoundTTL is the freshness lifetime of a 404 or 410 if TTL is set. Zero
	// means that they are not stored.
	NotFoundTTL time.Duration
	// Heuristic allows heuristic freshness (RFC 9111 §4.2.2) if TTL is absent.
	Heuristic bool
	// Tenant means that the tenant's credential is part of the cache key and
	// that no other Authorization reaches the origin. RFC 9111 §3.5 then does
	// not forbid storing.
	Tenant bool
	// TenantHeader means that the credential came in a request header, which is
	// not in the cache keys of downstream caches. If TTL is set, they get
	// "private" instead of "public".
	TenantHeader bool
	// Cookies means that the request's Cookie reaches the origin without being a
	// part of the cache key. An answer to it is then stored only if it says
	// public or varies on Cookie.
	Cookies bool
	// ObeyClients applies request directives (RFC 9111 §5.2.1, Pragma). Leave
	// it off where the operator sets TTL, so that clients cannot send their
	// load to the origin.
	ObeyClients bool
}

// Request is the part of a request that the policy needs. Header has canonical
// keys.
type Request struct {
	Method string
	Header http.Header
}

// Response is the part of an origin's response that the policy needs. Header
// has canonical keys and is never modified. The times are wall clock, and
// RequestTime is not later than ResponseTime.
type Response struct {
	Status                    int
	Header                    http.Header
	RequestTime, ResponseTime time.Time
}
