package content

import (
	"slices"
	"sync"
	"time"

	"larder/config"
	"larder/httpcache"
	"larder/surrogate"
)

// Route is a configured route with the policy that follows from it.
type Route struct {
	*config.Route
	policy httpcache.Policy
	// rules names the rules by which answers get their surrogate keys. Hits do
	// not need it.
	rules func() string
	// warnUntagged logs once that an answer with items has none of their keys.
	warnUntagged sync.Once
}

// NewRoute returns what serves requests for a route.
func NewRoute(r *config.Route, tenants bool) *Route {
	return &Route{
		Route: r,
		rules: func() string {
			return surrogate.Fingerprint(r.Keys, r.Items, r.Path.String(), r.Query, r.Filters, r.AllFilters, tenants)
		},
		policy: httpcache.Policy{
			TTL:                  optional(r.Lifetimes.TTL),
			StaleWhileRevalidate: optional(r.Lifetimes.StaleWhileRevalidate),
			StaleIfError:         optional(r.Lifetimes.StaleIfError),
			ClientTTL:            r.Lifetimes.ClientTTL,
			ClientStaleIfError:   r.Lifetimes.ClientStaleIfError,
			NotFoundTTL:          r.Lifetimes.NotFoundTTL,
			Heuristic:            r.Lifetimes.Heuristic,
			Cookies:              r.AllHeaders,
			// Where the operator sets the lifetime, no client may push its
			// load on the origin by asking for something fresher.
			ObeyClients: !r.Lifetimes.TTL.Valid,
		},
	}
}

func optional(d config.OptionalDuration) httpcache.Optional[time.Duration] {
	return httpcache.Optional[time.Duration]{Value: d.Duration, Valid: d.Valid}
}

// Caches reports whether answers to the method are cached.
func (r *Route) Caches(method string) bool { return slices.Contains(r.Methods, method) }

// Vaulted reports whether the vault may have copies of the route's answers. It has
// none of variants, because a copy does not say which requests it is for, and none
// of routes without stale_if_error, whose copies could not be served.
func (r *Route) Vaulted() bool {
	return !r.AllHeaders && r.policy.StaleIfError != httpcache.Some(time.Duration(0))
}
