package httpcache

import (
	"net/http"
	"time"
)

// Optional is a value that can be absent, which is not its zero value:
// max-age=0 is not the same as no max-age.
type Optional[T any] struct {
	Value T
	Valid bool
}

// Some returns a present value.
func Some[T any](v T) Optional[T] { return Optional[T]{Value: v, Valid: true} }

// Policy is the operator's word for a route. The zero Policy follows the
// origin, without heuristics and without regard for what clients ask.
type Policy struct {
	// TTL is the freshness lifetime, counted from the moment of storing.
	// Absent: the origin's headers decide.
	TTL Optional[time.Duration]
	// Remaining is what another cache of the same operator, from which the
	// response comes, has left of its freshness lifetime; it may be negative.
	// Where TTL is set, it counts instead if it is shorter.
	Remaining Optional[time.Duration]
	// Validate asks for a validation before every use, as if the request said
	// no-cache.
	Validate bool
	// StaleWhileRevalidate and StaleIfError are counted from the end of the
	// freshness lifetime (RFC 5861). Absent: the origin's directives decide.
	StaleWhileRevalidate, StaleIfError Optional[time.Duration]
	// ClientTTL is what downstream caches may keep, where TTL is set.
	ClientTTL time.Duration
	// NotFoundTTL is how long a 404 or 410 is kept, where TTL is set. Zero:
	// not at all.
	NotFoundTTL time.Duration
	// Heuristic allows heuristic freshness (RFC 9111 §4.2.2), where TTL is
	// absent.
	Heuristic bool
	// Tenant says that the tenant's credential is a part of the cache key, and
	// that no other Authorization reaches the origin, so that RFC 9111 §3.5
	// does not forbid storing.
	Tenant bool
	// TenantHeader says that this credential came in a request header, which
	// downstream caches do not have in their keys: where TTL is set, they are
	// told "private", not "public".
	TenantHeader bool
	// ObeyClients lets request directives (RFC 9111 §5.2.1, Pragma) count.
	// Off where the operator sets TTL, so that no client can push its load on
	// the origin.
	ObeyClients bool
}

// Request is what the policy needs of a request. Header has canonical keys.
type Request struct {
	Method string
	Header http.Header
}

// Response is what the policy needs of an origin's response. Header has
// canonical keys and is never changed; the times are wall clock, and
// RequestTime is not later than ResponseTime.
type Response struct {
	Status                    int
	Header                    http.Header
	RequestTime, ResponseTime time.Time
}
