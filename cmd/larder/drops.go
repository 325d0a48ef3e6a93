package main

import (
	"slices"
	"strings"

	"larder/config"
	"larder/resource"
)

// drops returns the parameters of a client's query that are missing from the
// one for the origin, as they were sent, with the reason where the route lists
// them. The tenant's credential is not among them: its hash is in the key.
func drops(tenant *config.Tenant, route *config.Route, sent, passed string) []string {
	var pass []parameter
	for pair := range strings.SplitSeq(passed, "&") {
		pass = append(pass, parse(pair))
	}
	left := slices.Clone(pass)
	var dropped []string
	for pair := range strings.SplitSeq(sent, "&") {
		p := parse(pair)
		if pair == "" || tenant != nil && tenant.Query != "" && p.name == tenant.Query {
			continue
		}
		if i := slices.Index(left, p); i >= 0 {
			left = slices.Delete(left, i, i+1)
			continue
		}
		switch {
		case route.Ignore.Has(p.name):
			pair += " (ignored)"
		case slices.Contains(pass, p):
			pair += " (a repetition)"
		case slices.Contains(route.Query, config.Parameter{Name: p.name, Default: p.value, HasDefault: true}):
			pair += " (the default)"
		}
		dropped = append(dropped, pair)
	}
	slices.Sort(dropped)
	return slices.Compact(dropped)
}

// parameter is a decoded pair of a query.
type parameter struct{ name, value string }

func parse(pair string) parameter {
	name, value, _ := strings.Cut(pair, "=")
	return parameter{resource.Unescape(name, true), resource.Unescape(value, true)}
}
