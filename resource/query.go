package resource

import (
	"slices"
	"strings"

	"larder/config"
	"larder/internal/uri"
)

// parameter is a decoded name and value of a query.
type parameter struct{ name, value string }

// parseQuery parses application/x-www-form-urlencoded (WHATWG URL Standard).
// "a" is the same as "a=".
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

// selectListed returns the parameters that a route lists, or does not ignore if it
// lists all, sorted by name and without exact repetitions. A parameter that only states its default is left
// out, unless it has other values too. Several values of one name stay in their
// order, which may matter to the origin. The tenant's credential is always left
// out.
func selectListed(query []parameter, route *config.Route, credential string) []parameter {
	if len(query) == 0 {
		return nil
	}
	selected := make([]parameter, 0, len(query))
	repeated := func(p parameter) bool { return slices.Contains(selected, p) }
	if len(query) > fewParameters {
		repeated = repetitions(len(query))
	}
	for _, p := range query {
		if p.name == credential && credential != "" {
			continue
		}
		if reaches(route, p.name) && !repeated(p) {
			selected = append(selected, p)
		}
	}
	slices.SortStableFunc(selected, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	return withoutDefaults(selected, route)
}

// reaches reports whether a parameter reaches the origin, if it is not the
// tenant's credential.
func reaches(route *config.Route, name string) bool {
	_, listed := listing(route, name)
	return listed || route.AllQuery && !route.Ignore.Has(name)
}

// withoutDefaults removes parameters that only state their default.
func withoutDefaults(sorted []parameter, route *config.Route) []parameter {
	remaining := sorted[:0]
	for i, p := range sorted {
		alone := (i == 0 || sorted[i-1].name != p.name) && (i+1 == len(sorted) || sorted[i+1].name != p.name)
		listed, ok := listing(route, p.name)
		if alone && ok && listed.HasDefault && listed.Default == p.value {
			continue
		}
		remaining = append(remaining, p)
	}
	return remaining
}

// Up to fewParameters, comparing them one by one is faster than a map.
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

// listing returns the route's configuration of a parameter.
func listing(route *config.Route, name string) (config.Parameter, bool) {
	for _, p := range route.Query {
		if p.Name == name {
			return p, true
		}
	}
	return config.Parameter{}, false
}

// encodeQuery returns the normal form of a query.
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

// rawQuery is the query of a route whose origin gets it as it was sent, without
// what the route ignores and the tenant's credential.
func rawQuery(sent string, route *config.Route, credential string) string {
	if sent == "" || credential == "" && len(route.Ignore) == 0 {
		return sent
	}
	pairs := strings.Split(sent, "&")
	pairs = slices.DeleteFunc(pairs, func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		name = Unescape(name, true)
		return name == credential && credential != "" || route.Ignore.Has(name)
	})
	return strings.Join(pairs, "&")
}
