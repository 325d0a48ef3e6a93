package config

import (
	"maps"
	"slices"
	"strings"

	"larder/surrogate"
)

// reserved is the first segment of Larder's own paths.
const reserved = "_larder"

func (c *checker) routes(f file, tenant *Tenant, at *place) []Route {
	routes := make([]Route, len(f.Routes))
	names := map[string]bool{}
	for i, r := range f.Routes {
		here := at.element(i)
		c.name(r.Name, names, here.member("name"))
		routes[i] = Route{
			Name:      r.Name,
			Path:      r.Path,
			Methods:   c.methods(r.Methods, here.member("methods")),
			Bypass:    c.bypass(r.Bypass, here.member("bypass")),
			Lifetimes: c.lifetimes(r.Lifetimes, f.Lifetimes, here.member("lifetimes")),
		}
		route := &routes[i]
		route.Query, route.AllQuery = c.query(r.Query, tenant, here.member("query"))
		route.Headers, route.AllHeaders = c.routeHeaders(r.Headers, tenant, here.member("headers"))
		route.Keys = c.keys(r.Keys, *route, here.member("keys"))
		route.Items = c.items(r.Items, *route, here.member("items"))
		c.reachable(routes[:i], *route, here.member("path"))
	}
	return routes
}

// reachable reports a path that no request can get to.
func (c *checker) reachable(earlier []Route, route Route, at *place) {
	if segments := route.Path.segments(); len(segments) > 0 && segments[0] == reserved {
		c.fail(at, "want a path outside /%s/, where Larder's own endpoints are; got %s", reserved, quote(route.Path.String()))
	}
	if route.Path == "" {
		return // reported by the decoder
	}
	var by *Route
	for _, method := range route.Methods {
		i := slices.IndexFunc(earlier, func(e Route) bool {
			// HEAD goes the way of GET.
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

func (c *checker) methods(methods []string, at *place) []string {
	if len(methods) == 0 {
		return []string{"GET", "HEAD"}
	}
	for i, method := range methods {
		if slices.Contains(methods[:i], method) {
			c.fail(at.element(i), "want each method once; got %q twice", method)
		}
	}
	return methods
}

// query returns the parameters without "*", and whether it was among them.
func (c *checker) query(file map[string]parameterDefault, tenant *Tenant, at *place) ([]Parameter, bool) {
	var parameters []Parameter
	all := false
	for _, name := range slices.Sorted(maps.Keys(file)) {
		p := file[name]
		switch {
		case name == "*" && p.given:
			c.fail(at.member(name), `want null for "*", as all parameters have no default in common; got %s`, quote(p.value))
		case name == "*":
			all = true
			continue
		case tenant != nil && name == tenant.Query:
			c.fail(at.member(name), `want no tenant's credential here; "tenant" puts its hash into the key already`)
		}
		parameters = append(parameters, Parameter{Name: name, Default: p.value, HasDefault: p.given})
	}
	return parameters, all
}

func (c *checker) bypass(file map[string]string, at *place) []Condition {
	var conditions []Condition
	for _, name := range slices.Sorted(maps.Keys(file)) {
		if name == "*" {
			c.fail(at.member(name), `want a parameter's name; got "*"`)
		}
		conditions = append(conditions, Condition{Parameter: name, Value: file[name]})
	}
	return conditions
}

// routeHeaders returns the headers, and whether all are wanted.
func (c *checker) routeHeaders(names []string, tenant *Tenant, at *place) ([]string, bool) {
	if len(names) == 1 && names[0] == "*" {
		return nil, true
	}
	var headers []string
	for i, name := range names {
		here := at.element(i)
		if name == "" {
			continue // reported by the decoder
		}
		if name == "*" {
			c.fail(here, `want "*" alone, as it lets all headers through; got it beside others`)
			continue
		}
		key := c.header(name, here)
		if why := refused(key, unkeyedHeaders); why != "" {
			c.fail(here, "want a header that can be a part of the key; %s %s", key, why)
		}
		if tenant != nil && key == tenant.Header {
			c.fail(here, `want no tenant's credential here; "tenant" puts its hash into the key already`)
		}
		if slices.Contains(headers, key) {
			c.fail(here, "want each header once; got %s twice", key)
		}
		headers = append(headers, key)
	}
	slices.Sort(headers)
	return headers, false
}

// unkeyedHeaders would break the cache in a key.
func unkeyedHeaders() []headerRule {
	return append(connectionHeaders(),
		headerRule{`is a credential: name it in "tenant", which keeps only its hash`, []string{
			"Authorization", "Cookie", "Proxy-Authorization",
		}},
		headerRule{"is answered by the cache itself", []string{
			"Cache-Control", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range",
			"If-Unmodified-Since", "Pragma", "Range",
		}})
}

// keys returns the templates of a route's own keys.
func (c *checker) keys(templates []keyTemplate, route Route, at *place) []surrogate.Template {
	if len(templates) == 0 || route.Path == "" {
		return nil // a path without text is reported, its variables unknown
	}
	known := route.Path.Variables()
	for _, p := range route.Query {
		known = append(known, "query."+p.Name)
	}
	keys := make([]surrogate.Template, len(templates))
	for i, t := range templates {
		keys[i] = t.Template
		for _, v := range t.Variables() {
			if slices.Contains(known, v) || route.AllQuery && strings.HasPrefix(v, "query.") {
				continue
			}
			c.fail(at.element(i), "unknown variable {%s}%s", v, available(v, known))
		}
	}
	return keys
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

func (c *checker) items(files []itemFile, route Route, at *place) surrogate.Rules {
	var rules surrogate.Rules
	for i, f := range files {
		here := at.element(i)
		rule := surrogate.ItemRule{Each: f.Each, Keys: make([]surrogate.Template, len(f.Keys))}
		for j, t := range f.Keys {
			rule.Keys[j] = t.Template
			if route.Path != "" { // otherwise it is reported, and its variables unknown
				c.itemKey(t.Template, f.Each, route, here.member("keys").element(j))
			}
		}
		if err := rule.Check(); err != nil {
			c.fail(here.member("each"), "%v", err)
		}
		rules = append(rules, rule)
	}
	return rules
}

// itemKey checks the variables of an item's key. Of those that are paths into
// the item it refuses what can only be a slip.
func (c *checker) itemKey(key surrogate.Template, each string, route Route, at *place) {
	for _, v := range key.Variables() {
		inPath, ofPath := strings.CutPrefix(v, "path.")
		name, special := strings.CutPrefix(v, "@")
		switch {
		case ofPath && !slices.Contains(route.Path.Variables(), inPath):
			var known []string
			for _, variable := range route.Path.Variables() {
				known = append(known, "path."+variable)
			}
			c.fail(at, "unknown variable {%s}%s", v, available(v, known))
		case ofPath:
		case v == "@key" && !slices.Contains(strings.Split(each, "."), "*"):
			c.fail(at, `want a "*" in "each" for {@key} to name; got %s`, quote(each))
		case special && name != "key" && name != "value":
			c.fail(at, "unknown variable {%s}; want {@key}, {@value} or a path into the item", v)
		case special:
		case ofQuery(v, route):
			c.fail(at, `want request variables beside {path.NAME} in the route's own "keys"; got {%s}`, v)
		default:
			c.itemPath(v, at)
		}
	}
}

// ofQuery reports whether an item's variable is one of the route's parameters.
// The item may have a member "query", but hardly one of a parameter's name.
func ofQuery(variable string, route Route) bool {
	name, ok := strings.CutPrefix(variable, "query.")
	return ok && (route.AllQuery || slices.ContainsFunc(route.Query, func(p Parameter) bool { return p.Name == name }))
}

// itemPath checks a variable that is a path into the item. Escapes and
// searches, which may have dots and stars of their own, are not looked into.
func (c *checker) itemPath(path string, at *place) {
	if strings.ContainsAny(path, `\(`) {
		return
	}
	for name := range strings.SplitSeq(path, ".") {
		switch name {
		case "":
			c.fail(at, "want a path of member names joined by dots; got {%s}", path)
		case "*":
			c.fail(at, `want a path of member names, as a "*" goes into "each"; got {%s}`, path)
		}
	}
}
