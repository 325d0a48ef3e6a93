package resource

import (
	"slices"
	"strings"

	"larder/config"
	"larder/surrogate"
)

// maxExpansions bounds the keys that one template makes for one request.
const maxExpansions = 256

// AddKeys adds the surrogate keys that the route makes from path and query. A
// variable with several values makes a key for each, and a query with one of the
// route's filters adds each key's [surrogate.Filtered] key. It returns false if a
// template would make more than 256 keys; that template's keys are then left
// out.
func (r *Resource) AddKeys(set *surrogate.Set, route *config.Route) bool {
	query := parseQuery(r.Query)
	filtered := hasFilter(query, route)
	complete := true
	for _, template := range route.Keys {
		variables := template.Variables()
		values := make(map[string][]string, len(variables))
		count := 1
		for _, v := range variables {
			values[v] = r.values(route, query, v)
			count = min(count*len(values[v]), maxExpansions+1)
		}
		if count > maxExpansions {
			complete = false
			continue
		}
		for i := range count {
			// i enumerates the combinations of values, like a number whose
			// digits have different bases.
			combination := i
			chosen := make(map[string]string, len(variables))
			for _, v := range variables {
				chosen[v] = values[v][combination%len(values[v])]
				combination /= len(values[v])
			}
			key, ok := template.Expand(func(variable string) (string, bool) {
				return chosen[variable], true
			})
			if !ok {
				continue
			}
			set.Add(key)
			if filtered {
				set.Add(surrogate.Filtered(key))
			}
		}
	}
	return complete
}

// PathKeys returns the keys that a route makes from a path alone, one for each
// template at most, so that no client can make many.
func (r *Resource) PathKeys(route *config.Route) []string {
	var keys []string
	for _, template := range route.Keys {
		key, ok := template.Expand(func(variable string) (string, bool) { return r.Variable(route, variable) })
		if ok {
			keys = append(keys, key)
		}
	}
	return keys
}

// hasFilter reports whether a query has one of the route's filters with another
// value than its default.
func hasFilter(query []parameter, route *config.Route) bool {
	return slices.ContainsFunc(query, func(p parameter) bool {
		listed, ok := listing(route, p.name)
		if !slices.Contains(route.Filters, p.name) && (ok || !route.AllFilters) {
			return false
		}
		return !listed.HasDefault || listed.Default != p.value
	})
}

// values returns the values of a template's variable. An absent parameter has
// its default; a repeated one has several values. A value with commas, as in
// ?keys=menu,suppliers, counts both as a whole and as its members.
func (r *Resource) values(route *config.Route, query []parameter, variable string) []string {
	var whole []string
	if name, ok := strings.CutPrefix(variable, "query."); ok {
		for _, p := range query {
			if p.name == name {
				whole = append(whole, p.value)
			}
		}
		if p, ok := listing(route, name); ok && p.HasDefault && len(whole) == 0 {
			whole = []string{p.Default}
		}
	} else if value, ok := r.Variable(route, variable); ok {
		whole = []string{value}
	}
	all := whole
	for _, value := range whole {
		if !strings.Contains(value, ",") {
			continue
		}
		for member := range strings.SplitSeq(value, ",") {
			all = append(all, strings.TrimSpace(member))
		}
	}
	return all
}
