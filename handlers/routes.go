package handlers

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"larder/config"
	"larder/httpcache"
)

// operationsPrefix begins the paths that Larder keeps for itself.
const operationsPrefix = "/_larder/"

func isOperation(path string) bool { return strings.HasPrefix(path, operationsPrefix) }

// route is a configured route with what follows from it for every request.
type route struct {
	*config.Route
	policy httpcache.Policy
}

// route returns the route with the index, read when it is first wanted: a
// sandbox may serve a handful of requests only, for one route or two.
func (a *App) route(i int) (*route, error) {
	if a.routes[i] != nil {
		return a.routes[i], nil
	}
	r, err := a.config.Route(i)
	if err != nil {
		return nil, err
	}
	a.routes[i] = &route{Route: r, policy: httpcache.Policy{
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
	return a.routes[i], nil
}

func optional(d config.OptionalDuration) httpcache.Optional[time.Duration] {
	return httpcache.Optional[time.Duration]{Value: d.Duration, Valid: d.Valid}
}

// errNoRoute means that no route is configured for a path.
var errNoRoute = errors.New("no route")

// match returns the first route for the path, with the values of its
// variables. A route that does not keep the method is passed over only for
// another one that does. Without any it returns [errNoRoute].
func (a *App) match(method, path string) (*route, []string, error) {
	other := -1
	var vars []string
	for i := range a.config.Routes {
		r := &a.config.Routes[i]
		found, ok := r.Path.Match(path, vars[:0])
		if !ok {
			continue
		}
		if slices.Contains(r.Methods, method) {
			route, err := a.route(i)
			return route, found, err
		}
		if other < 0 {
			other = i
		}
	}
	if other < 0 {
		return nil, nil, errNoRoute
	}
	route, err := a.route(other)
	return route, nil, err
}

// keeps reports whether answers to the method are kept.
func (r *route) keeps(method string) bool { return slices.Contains(r.Methods, method) }

// bypasses reports whether the query makes the request a private one, such as
// a preview.
func (r *route) bypasses(rawQuery string) bool {
	if len(r.Bypass) == 0 || rawQuery == "" {
		return false
	}
	query := parseQuery(rawQuery)
	for _, condition := range r.Bypass {
		for _, p := range query {
			if p.name == condition.Parameter && (condition.Value == "*" || condition.Value == p.value) {
				return true
			}
		}
	}
	return false
}

// requestTarget returns the path and the query as the client sent them. The
// URL comes from [ParseRequestURI], or from net/url in tests.
func requestTarget(u *url.URL) (path, query string) {
	if u.RawPath != "" {
		return u.RawPath, u.RawQuery
	}
	return u.EscapedPath(), u.RawQuery
}

// ParseRequestURI takes a request URI apart without judging it, for the SDK,
// whose own parser ends the sandbox when it meets a broken percent-encoding.
// What is wrong with a path is told to the client by the dispatcher. It never
// returns an error.
func ParseRequestURI(uri string) (*url.URL, error) {
	u := &url.URL{}
	rest := uri
	if scheme, after, ok := strings.Cut(uri, "://"); ok && !strings.Contains(scheme, "/") {
		u.Scheme = scheme
		end := strings.IndexAny(after, "/?")
		if end < 0 {
			end = len(after)
		}
		u.Host, rest = after[:end], after[end:]
	}
	rest, u.RawQuery, _ = strings.Cut(rest, "?")
	if rest == "" {
		rest = "/"
	}
	u.Path, u.RawPath = rest, rest
	return u, nil
}
