package resource

import (
	"slices"
	"strings"

	"larder/config"
	"larder/internal/uri"
)

// parameter is one name and value of a query, decoded.
type parameter struct{ name, value string }

// parseQuery splits a query at its ampersands (the WHATWG URL standard's
// application/x-www-form-urlencoded). "a" and "a=" are the same.
func parseQuery(raw string) []parameter {
	if raw == "" {
		return nil
	}
	all := make([]parameter, 0, 1+strings.Count(raw, "&"))
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		all = append(all, parameter{Unescape(name, true), Unescape(value, true)})
	}
	return all
}

// keep returns what a route lets through of a query: the parameters that it
// lists, sorted by name, without those that only state a default and without
// exact repetitions. Different values of one name stay in the order they came
// in, which may mean something, a default among them. The tenant's credential
// is left out, whatever the route lists.
func keep(query []parameter, route *config.Route, credential string) []parameter {
	if len(query) == 0 {
		return nil
	}
	kept := make([]parameter, 0, len(query))
	repeated := func(p parameter) bool { return slices.Contains(kept, p) }
	if len(query) > fewParameters {
		repeated = repetitions(len(query))
	}
	for _, p := range query {
		if p.name == credential && credential != "" {
			continue
		}
		if _, listed := listing(route, p.name); (listed || route.AllQuery) && !repeated(p) {
			kept = append(kept, p)
		}
	}
	slices.SortStableFunc(kept, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	return withoutDefaults(kept, route)
}

// withoutDefaults leaves out, of sorted parameters, those that only state a
// default.
func withoutDefaults(sorted []parameter, route *config.Route) []parameter {
	kept := sorted[:0]
	for i, p := range sorted {
		alone := (i == 0 || sorted[i-1].name != p.name) && (i+1 == len(sorted) || sorted[i+1].name != p.name)
		listed, ok := listing(route, p.name)
		if alone && ok && listed.HasDefault && listed.Default == p.value {
			continue
		}
		kept = append(kept, p)
	}
	return kept
}

// fewParameters are compared one by one faster than by a map.
const fewParameters = 16

// repetitions returns a function that reports whether it was called with the
// same parameter before.
func repetitions(most int) func(parameter) bool {
	seen := make(map[parameter]bool, most)
	return func(p parameter) bool {
		before := seen[p]
		seen[p] = true
		return before
	}
}

// listing is what a route says of a parameter by its name.
func listing(route *config.Route, name string) (config.Parameter, bool) {
	for _, p := range route.Query {
		if p.Name == name {
			return p, true
		}
	}
	return config.Parameter{}, false
}

// encodeQuery writes parameters in their one spelling.
func encodeQuery(query []parameter) string {
	if len(query) == 0 {
		return ""
	}
	var b strings.Builder
	for i, p := range query {
		if i > 0 {
			b.WriteByte('&')
		}
		encodeComponent(&b, p.name)
		b.WriteByte('=')
		encodeComponent(&b, p.value)
	}
	return b.String()
}

func encodeComponent(b *strings.Builder, s string) {
	for i := 0; i < len(s); i++ {
		if c := s[i]; uri.Unreserved(c) || c == ',' || c == ':' || c == '/' || c == '@' {
			b.WriteByte(c)
		} else {
			uri.Encode(b, c)
		}
	}
}

// withoutParameter returns a raw query without the parameters of a name.
func withoutParameter(raw, name string) string {
	if name == "" || raw == "" {
		return raw
	}
	pairs := strings.Split(raw, "&")
	kept := slices.DeleteFunc(pairs, func(pair string) bool {
		n, _, _ := strings.Cut(pair, "=")
		return Unescape(n, true) == name
	})
	return strings.Join(kept, "&")
}
