package handlers

import (
	"context"
	"errors"
	"maps"
	"math"
	"time"

	"larder/content"
	"larder/httpcache"
	"larder/problem"
	"larder/resource"
	"larder/shield"
)

// cached answers a request for cacheable content.
func (a *App) cached(ctx context.Context, w *responder, m match, body []byte) {
	req := content.Request{
		Method: w.r.Method, Host: w.r.Host, Header: w.header, Route: m.route,
		Content: body, Edge: a.shield.Authenticate(w.header.Get(shield.EdgeField)),
		MaxStale: w.switches.MaxStale, Arrived: w.arrived,
	}
	if m.route.AllHeaders {
		// What does not reach the origin must not decide here either, or one
		// could store under a variant what the origin said of another.
		req.Header = maps.Clone(w.header)
		httpcache.EndToEnd(req.Header)
		resource.RemoveOverrides(req.Header, a.tenantHeader())
	}
	req.Resource = resource.New(a.config, m.route.Route, m.vars, resource.Request{
		Path: m.path, Query: m.rawQuery, Host: w.r.Host, Header: req.Header, Content: body,
	})
	if w.edge = req.Edge; w.edge != shield.Direct {
		w.debug = false
	}
	if w.debug {
		w.dropped = resource.Dropped(a.config, m.route.Route, m.rawQuery)
	}
	res := a.content.Serve(ctx, req)
	w.line.describe(req, res)
	w.release(res.Finish)
	w.working = res.Pending()
	w.status = res.Status
	w.status.Cache = a.config.Name
	if w.debug {
		w.status.Key = req.Resource.PrintableKey()
	}
	w.answer = res.Shield
	if res.Err != nil {
		w.fail(problemOf(res.Err))
	} else if err := w.respond(res, req.Header); err != nil {
		w.cut(err)
	}
}

// tenantHeader names the header that has the tenant's credential, or none.
func (a *App) tenantHeader() string {
	if a.config.Tenant == nil {
		return ""
	}
	return a.config.Tenant.Header
}

// problemOf is what a client is told where content has no answer.
func problemOf(err error) error {
	var unavailable *content.UnavailableError
	switch {
	case errors.Is(err, content.ErrNotStored):
		return problemNotCached
	case errors.As(err, &unavailable):
		return unavailableProblem(err, unavailable.RetryAfter)
	}
	return err
}

// unavailableProblem asks the client to wait a second at least, so that those
// who come back do not find the same failure.
func unavailableProblem(err error, wait time.Duration) *problem.Details {
	seconds := int(math.Ceil(max(wait, time.Second).Seconds()))
	return problemUnavailable.RetryAfter(seconds).Because(err)
}

// match is a request's route.
type match struct {
	route          *content.Route
	path, rawQuery string
	vars           []string
}

// match returns the route for a request, and the values of its variables where
// it caches answers to the method. ok is false where no route is configured for
// the path.
func (a *App) match(method, path, rawQuery string) (m match, ok bool) {
	i, vars := resource.Match(a.config, method, path)
	if i < 0 {
		return match{}, false
	}
	return match{route: a.route(i), path: path, rawQuery: rawQuery, vars: vars}, true
}

// route returns the route with the index, prepared when it is first wanted: a
// sandbox may serve a handful of requests only, for one route or two.
func (a *App) route(i int) *content.Route {
	if a.routes[i] == nil {
		a.routes[i] = content.NewRoute(&a.config.Routes[i], a.config.Tenant != nil)
	}
	return a.routes[i]
}
