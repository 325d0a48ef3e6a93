package resource

import (
	"strings"

	"larder/config"
	"larder/surrogate"
)

// maxExpansions bounds the keys that one template gives to one request.
const maxExpansions = 256

// AddKeys adds the surrogate keys that the path and the query give: for a
// variable that has several values, one for each. It reports false where they
// are too many.
func (t *Resource) AddKeys(set *surrogate.Set, route *config.Route) bool {
	query := parseQuery(t.Query)
	complete := true
	for _, template := range route.Keys {
		variables := template.Variables()
		values := make(map[string][]string, len(variables))
		count := 1
		for _, v := range variables {
			values[v] = t.values(route, query, v)
			count = min(count*len(values[v]), maxExpansions+1)
		}
		if count > maxExpansions {
			complete = false
			continue
		}
		for i := range count {
			rest := i // its digits choose the values
			chosen := make(map[string]string, len(variables))
			for _, v := range variables {
				chosen[v] = values[v][rest%len(values[v])]
				rest /= len(values[v])
			}
			key, ok := template.Expand(func(variable string) (string, bool) {
				return chosen[variable], true
			})
			if ok {
				set.Add(key)
			}
		}
	}
	return complete
}

// values are all that a variable stands for. A parameter that is absent has
// its default, one may be given several times, and a value that lists several
// things by commas, as in ?keys=menu,suppliers, counts as a whole and as each.
func (t *Resource) values(route *config.Route, query []parameter, variable string) []string {
	var given []string
	if name, ok := strings.CutPrefix(variable, "query."); ok {
		for _, p := range query {
			if p.name == name {
				given = append(given, p.value)
			}
		}
		if p, ok := listing(route, name); ok && p.HasDefault && len(given) == 0 {
			given = []string{p.Default}
		}
	} else if value, ok := t.Variable(route, variable); ok {
		given = []string{value}
	}
	all := given
	for _, value := range given {
		if !strings.Contains(value, ",") {
			continue
		}
		for member := range strings.SplitSeq(value, ",") {
			all = append(all, strings.TrimSpace(member))
		}
	}
	return all
}
