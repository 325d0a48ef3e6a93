package main

import (
	"slices"
	"strings"

	"larder/config"
	"larder/resource"
)

// drops returns the parameters that a client sent and that are not kept, as
// they were sent, and why where the route lists them. The tenant's credential
// is not among them: its hash is in the key.
func drops(tenant *config.Tenant, route *config.Route, sent, kept string) []string {
	var keep []parameter
	for pair := range strings.SplitSeq(kept, "&") {
		keep = append(keep, parse(pair))
	}
	left := slices.Clone(keep)
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
		case slices.Contains(keep, p):
			pair += " (a repetition)"
		case slices.Contains(route.Query, config.Parameter{Name: p.name, Default: p.value, HasDefault: true}):
			pair += " (the default)"
		}
		dropped = append(dropped, pair)
	}
	slices.Sort(dropped)
	return slices.Compact(dropped)
}

// parameter is what a pair of a query means.
type parameter struct{ name, value string }

func parse(pair string) parameter {
	name, value, _ := strings.Cut(pair, "=")
	return parameter{resource.Unescape(name, true), resource.Unescape(value, true)}
}
