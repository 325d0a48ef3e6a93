package handlers

import (
	"errors"
	"slices"
	"sync"
	"time"

	"larder/config"
	"larder/httpcache"
	"larder/resource"
	"larder/surrogate"
)

// route is a configured route with what follows from it for every request.
type route struct {
	*config.Route
	policy httpcache.Policy
	// rules names those by which answers get their surrogate keys. Hits do not
	// need it.
	rules func() string
}

// route returns the route with the index, prepared when it is first wanted: a
// sandbox may serve a handful of requests only, for one route or two.
func (a *App) route(i int) *route {
	if a.routes[i] != nil {
		return a.routes[i]
	}
	r := &a.config.Routes[i]
	rules := sync.OnceValue(func() string {
		return surrogate.Fingerprint(r.Keys, r.Items, r.Path.String(), r.Query, a.config.Tenant != nil)
	})
	a.routes[i] = &route{Route: r, rules: rules, policy: httpcache.Policy{
		TTL:                  optional(r.Lifetimes.TTL),
		StaleWhileRevalidate: optional(r.Lifetimes.StaleWhileRevalidate),
		StaleIfError:         optional(r.Lifetimes.StaleIfError),
		ClientTTL:            r.Lifetimes.ClientTTL,
		NotFoundTTL:          r.Lifetimes.NotFoundTTL,
		Heuristic:            r.Lifetimes.Heuristic,
		// Where the operator sets the lifetime, no client may push its
		// load on the origin by asking for something fresher.
		ObeyClients: !r.Lifetimes.TTL.Valid,
	}}
	return a.routes[i]
}

func optional(d config.OptionalDuration) httpcache.Optional[time.Duration] {
	return httpcache.Optional[time.Duration]{Value: d.Duration, Valid: d.Valid}
}

// errNoRoute means that no route is configured for a path.
var errNoRoute = errors.New("no route")

// match returns the route for a request, and the values of its variables where
// it keeps answers to the method. Without any route it returns [errNoRoute].
func (a *App) match(method, path string) (*route, []string, error) {
	i, vars := resource.Match(a.config, method, path)
	if i < 0 {
		return nil, nil, errNoRoute
	}
	return a.route(i), vars, nil
}

// keeps reports whether answers to the method are kept.
func (r *route) keeps(method string) bool { return slices.Contains(r.Methods, method) }

// bypasses reports whether the query makes the request a private one, such as
// a preview.
func (r *route) bypasses(rawQuery string) bool {
	_, ok := resource.Bypass(r.Route, rawQuery)
	return ok
}
