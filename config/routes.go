package config

import (
	"cmp"
	"slices"
	"strings"

	"larder/surrogate"
)

// reserved begins the segments that only Larder's own paths have.
const reserved = "_larder"

// Reserves reports whether only Larder's own endpoints may have a path segment:
// one that begins with "_larder", in letters of either case.
func Reserves(segment string) bool {
	return len(segment) >= len(reserved) && strings.EqualFold(segment[:len(reserved)], reserved)
}

func (c *checker) routes(config *Config, at *jsonPath) {
	routes, tenant := config.Routes, config.Tenant
	names := map[string]bool{}
	for i := range routes {
		route, here := &routes[i], at.element(i)
		c.name(route.Name, names, here.member("name"))
		c.methods(route.Methods, here.member("methods"))
		c.ignore(route.Ignore, tenant, here.member("ignore"))
		route.Ignore = slices.Concat(config.Ignore, route.Ignore)
		c.query(route, tenant, here.member("query"))
		c.unlisted(route, config.Unlisted, here.member("unlisted"))
		c.filters(route, here.member("filters"))
		c.bypass(route, here.member("bypass"))
		c.bypassHeaders(route.BypassHeaders, tenant, here.member("bypass_headers"))
		route.BypassHeaders = slices.Concat(config.BypassHeaders, route.BypassHeaders)
		c.routeHeaders(route, tenant, here.member("headers"))
		c.keys(route.Keys, *route, here.member("keys"))
		c.reachable(routes[:i], *route, here.member("path"))
	}
}

// reachable reports a route that no request can match.
func (c *checker) reachable(earlier []Route, route Route, at *jsonPath) {
	if slices.ContainsFunc(route.Path.segments(), Reserves) {
		c.fail(at, "want a path without a segment that begins with %s, as only Larder's own endpoints have it; got %s", reserved, quote(route.Path.String()))
	}
	if route.Path == "" {
		return // reported by the decoder
	}
	var by *Route
	for _, method := range route.Methods {
		i := slices.IndexFunc(earlier, func(e Route) bool {
			// HEAD shares the route of GET.
			takes := slices.Contains(e.Methods, method) || method == "HEAD" && slices.Contains(e.Methods, "GET")
			return e.Path.Covers(route.Path) && takes
		})
		if i < 0 {
			return
		}
		by = &earlier[i]
	}
	if by != nil {
		c.fail(at, "want a path that no earlier route takes all requests of; %s is taken by route %q (%s): move this route before it",
			quote(route.Path.String()), by.Name, by.Path)
	}
}

func (c *checker) methods(methods []string, at *jsonPath) {
	for i, method := range methods {
		if slices.Contains(methods[:i], method) {
			c.fail(at.element(i), "want each method once; got %q twice", method)
		}
	}
}

// query checks the parameters and turns "*" among them into AllQuery.
func (c *checker) query(route *Route, tenant *Tenant, at *jsonPath) {
	route.Query = slices.DeleteFunc(route.Query, func(p Parameter) bool {
		switch {
		case p.Name == "*" && p.HasDefault:
			c.fail(at.member("*"), `want null for "*", as all parameters have no default in common; got %s`, quote(p.Default))
		case p.Name == "*":
			route.AllQuery = true
		case strings.Contains(p.Name, "*"):
			c.fail(at.member(p.Name), `want each parameter by its whole name, or "*": null for all of them; got the pattern %s`, quote(p.Name))
		case tenant != nil && p.Name == tenant.Query:
			c.fail(at.member(p.Name), `want no tenant's credential here; "tenant" puts its hash into the key already`)
		default:
			c.notIgnored(p.Name, route.Ignore, at.member(p.Name))
		}
		return p.Name == "*"
	})
}

// unlisted gives a route without a word of its own the file's.
func (c *checker) unlisted(route *Route, standard Unlisted, at *jsonPath) {
	if route.AllQuery && route.Unlisted != "" {
		c.fail(at, `want a route that leaves parameters unlisted; got "*" in "query", which lists them all`)
	}
	route.Unlisted = cmp.Or(route.Unlisted, standard)
}

// filters checks the filters and turns "*" among them into AllFilters. It runs
// after query.
func (c *checker) filters(route *Route, at *jsonPath) {
	if len(route.Filters) > 0 && len(route.Keys) == 0 {
		c.fail(at, `want "keys" beside "filters", which adds ":filtered" to each of them; the route has none`)
	}
	var named []string
	for i, name := range route.Filters {
		listed := slices.ContainsFunc(route.Query, func(p Parameter) bool { return p.Name == name })
		switch here := at.element(i); {
		case slices.Contains(route.Filters[:i], name):
			c.fail(here, "want each parameter once; got %s twice", quote(name))
		case name == "*" && !route.AllQuery:
			c.fail(here, `want "*": null in "query" beside "*", as no parameter without a name reaches the origin; got "*"`)
		case name == "*":
			route.AllFilters = true
			continue
		case name != "" && !listed && !route.AllQuery:
			c.fail(here, `want a parameter that "query" lists, as no other reaches the origin; got %s`, quote(name))
		default:
			c.notIgnored(name, route.Ignore, here)
		}
		named = append(named, name)
	}
	route.Filters = named
}

func (c *checker) bypass(route *Route, at *jsonPath) {
	for _, condition := range route.Bypass {
		if strings.Contains(condition.Parameter, "*") {
			c.fail(at.member(condition.Parameter), `want a parameter's whole name; got %s`, quote(condition.Parameter))
		} else {
			c.notIgnored(condition.Parameter, route.Ignore, at.member(condition.Parameter))
		}
	}
}

// routeHeaders checks the headers and turns a "*" into AllHeaders.
func (c *checker) routeHeaders(route *Route, tenant *Tenant, at *jsonPath) {
	if len(route.Headers) == 1 && route.Headers[0] == "*" {
		route.Headers, route.AllHeaders = nil, true
		if ttl := route.Lifetimes.TTL; ttl.Valid {
			// The ttl would store for everybody what the origin says to one
			// client's headers.
			c.fail(at, `want headers by their names beside a "ttl", or "ttl": "origin" beside "*", where only the origin knows for whom its answer is; got "*" and a ttl of %s`,
				formatDuration(ttl.Duration))
		}
		return
	}
	for i, name := range route.Headers {
		here := at.element(i)
		if name == "" {
			continue // reported by the decoder
		}
		if name == "*" {
			c.fail(here, `want "*" alone, as it passes all headers; got it beside others`)
			continue
		}
		key := c.header(name, here)
		if why := refused(key, unkeyedHeaders); why != "" {
			c.fail(here, "want a header that can be a part of the key; %s %s", key, why)
		}
		if tenant != nil && key == tenant.Header {
			c.fail(here, `want no tenant's credential here; "tenant" puts its hash into the key already`)
		}
		if slices.Contains(route.BypassHeaders, key) {
			c.fail(here, `want a header that cached requests have; %s in "bypass_headers" makes them pass through`, key)
		}
		if slices.Contains(route.Headers[:i], key) {
			c.fail(here, "want each header once; got %s twice", key)
		}
		route.Headers[i] = key
	}
	slices.Sort(route.Headers)
}

// keys checks the variables of a route's own keys.
func (c *checker) keys(templates []surrogate.Template, route Route, at *jsonPath) {
	if route.Path == "" {
		return // reported by the decoder; its variables are unknown
	}
	known := route.Path.Variables()
	for _, p := range route.Query {
		known = append(known, "query."+p.Name)
	}
	for i, t := range templates {
		for _, v := range t.Variables() {
			name, ofQuery := strings.CutPrefix(v, "query.")
			if slices.Contains(known, v) || ofQuery && route.AllQuery && !route.Ignore.Has(name) {
				continue
			}
			c.fail(at.element(i), "unknown variable {%s}%s", v, available(v, known))
		}
	}
}

// available is the second half of a message about the variable v.
func available(v string, known []string) string {
	if near, ok := nearest(v, known); ok {
		return "; did you mean {" + near + "}?"
	}
	if len(known) == 0 {
		return "; the route's path and query have none"
	}
	return "; want one of {" + strings.Join(known, "}, {") + "}"
}
