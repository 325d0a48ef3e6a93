package config

import (
	"maps"
	"slices"
	"strings"

	"larder/surrogate"
)

// maxItemRules bounds what fragments make of a route's rules: a few that use each
// other twice would make millions.
const maxItemRules = 1_000

// items checks the rules for items, puts the fragments into the routes that use
// them, and removes what the file alone needs.
func (c *checker) items(config *Config) {
	at := top("fragments")
	f := fragments{checker: c, rules: config.Fragments, used: map[string]bool{}}
	for _, name := range slices.Sorted(maps.Keys(f.rules)) {
		f.check(f.rules[name], at.member(name))
	}
	for i := range config.Routes {
		route, here := &config.Routes[i], top("routes").element(i).member("items")
		f.check(route.ItemRules, here)
		e := expansion{fragments: f, route: route, left: maxItemRules}
		for j, rule := range route.ItemRules {
			e.origin = here.element(j)
			e.add(rule, "", e.origin)
		}
		if e.left < 0 {
			c.fail(here, "want at most %d rules, those of fragments included; got more", maxItemRules)
		}
		route.ItemRules = nil
	}
	for _, name := range slices.Sorted(maps.Keys(f.rules)) {
		if !f.used[name] {
			c.fail(at.member(name), "want a fragment that a route uses; nothing uses %s", quote(name))
		}
	}
	config.Fragments = nil
}

// fragments are rules that others use.
type fragments struct {
	*checker
	rules map[string][]ItemRule
	used  map[string]bool
}

// check reports what is wrong with rules wherever they are used.
func (f fragments) check(rules []ItemRule, at *jsonPath) {
	for i, rule := range rules {
		here := at.element(i)
		f.each(surrogate.ItemRule{Each: rule.Each}, here.member("each"))
		for j, key := range rule.Keys {
			for _, variable := range key.Variables() {
				f.itemVariable(variable, here.member("keys").element(j))
			}
		}
		faulty := f.reported(here.member("keys")) || f.reported(here.member("use"))
		if len(rule.Keys) == 0 && rule.Use == "" && !faulty {
			f.fail(here, `want "keys", or a fragment to "use", or both; got neither`)
		}
		if _, known := f.rules[rule.Use]; known || rule.Use == "" {
			continue
		}
		names := slices.Sorted(maps.Keys(f.rules))
		switch near, ok := nearest(rule.Use, names); {
		case ok:
			f.fail(here.member("use"), "unknown fragment %s; did you mean %q?", quote(rule.Use), near)
		case len(names) == 0:
			f.fail(here.member("use"), `unknown fragment %s; the file has no "fragments"`, quote(rule.Use))
		default:
			f.fail(here.member("use"), "unknown fragment %s; want %s", quote(rule.Use), oneOf(names))
		}
	}
}

// expansion makes the rules of a route.
type expansion struct {
	fragments
	route *Route
	// origin is the route's own rule of which others are made.
	origin *jsonPath
	// using are the fragments around the rule, the outermost first.
	using []string
	// left is how many more rules there may be.
	left int
}

// add adds a rule whose path begins at another one, with the fragment that it uses.
func (e *expansion) add(rule ItemRule, within string, at *jsonPath) {
	if e.left--; e.left < 0 {
		return
	}
	each := joinPaths(within, rule.Each)
	if len(rule.Keys) > 0 {
		whole := surrogate.ItemRule{Each: each, Keys: rule.Keys}
		for i, key := range rule.Keys {
			e.checkKey(key, whole, at.member("keys").element(i))
		}
		e.route.Items = append(e.route.Items, whole)
	}
	if rule.Use == "" {
		return
	}
	e.used[rule.Use] = true
	if slices.Contains(e.using, rule.Use) {
		e.fail(at.member("use"), "want no fragment that uses itself; %s does", strings.Join(append(e.using, rule.Use), " uses "))
		return
	}
	e.using = append(e.using, rule.Use)
	for i, inner := range e.rules[rule.Use] {
		e.add(inner, each, top("fragments").member(rule.Use).element(i))
	}
	e.using = e.using[:len(e.using)-1]
}

func joinPaths(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "." + b
}

// checkKey checks what depends on the route and on the whole path. Such a mistake
// of a fragment is one of the route that uses it.
func (e *expansion) checkKey(key surrogate.Template, rule surrogate.ItemRule, at *jsonPath) {
	if e.route.Path == "" {
		return // reported by the decoder; its variables are unknown
	}
	within := ""
	if len(e.using) > 0 {
		at, within = e.origin.member("use"), "in fragment "+quote(e.using[len(e.using)-1])+": "
	}
	for _, v := range key.Variables() {
		name, ofPath := strings.CutPrefix(v, "path.")
		switch {
		case ofPath && !slices.Contains(e.route.Path.Variables(), name):
			var known []string
			for _, variable := range e.route.Path.Variables() {
				known = append(known, "path."+variable)
			}
			e.fail(at, "%sunknown variable {%s}%s", within, v, available(v, known))
		case v == "@key" && rule.Stars() && !rule.NamesKey():
			e.fail(at, `%swant a "**" on one side only of the "*" that {@key} names, as it could be any member otherwise; got %s`, within, quote(rule.Each))
		case v == "@key" && !rule.Stars():
			e.fail(at, `%swant a "*" in "each" for {@key} to name; got %s`, within, quote(rule.Each))
		case ofQuery(v, *e.route):
			e.fail(at, `%swant request variables beside {path.NAME} in the route's own "keys"; got {%s}`, within, v)
		}
	}
}

// ofQuery reports whether an item's variable names one of the route's
// parameters. An item may have a member "query", but a parameter is more likely
// to be meant.
func ofQuery(variable string, route Route) bool {
	name, ok := strings.CutPrefix(variable, "query.")
	return ok && (route.AllQuery || slices.ContainsFunc(route.Query, func(p Parameter) bool { return p.Name == name }))
}

// itemVariable checks the form of a variable of an item's key. It refuses paths
// into the item that cannot be meant.
func (c *checker) itemVariable(v string, at *jsonPath) {
	name, special := strings.CutPrefix(v, "@")
	switch {
	case strings.HasPrefix(v, "path."):
	case special && name != "key" && name != "value":
		c.fail(at, "unknown variable {%s}; want {@key}, {@value} or a path into the item", v)
	case !special:
		c.itemPath(v, at)
	}
}
