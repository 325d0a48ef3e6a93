package handlers

import (
	"slices"
	"strings"

	"larder/config"
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
		all = append(all, parameter{unescape(name, true), unescape(value, true)})
	}
	return all
}

// first returns the value of the first parameter with the name.
func first(query []parameter, name string) (string, bool) {
	for _, p := range query {
		if p.name == name {
			return p.value, true
		}
	}
	return "", false
}

// keep returns what a route lets through of a query: the parameters that it
// lists, sorted by name, without those that only state a default and without
// exact repetitions. Different values of one name stay in the order they came
// in, which may mean something. The tenant's credential is left out, whatever
// the route lists.
func keep(query []parameter, route *config.Route, credential string) []parameter {
	if len(query) == 0 {
		return nil
	}
	kept := make([]parameter, 0, len(query))
	for _, p := range query {
		if p.name == credential && credential != "" {
			continue
		}
		if allowed(p, route) && !slices.Contains(kept, p) {
			kept = append(kept, p)
		}
	}
	slices.SortStableFunc(kept, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	return kept
}

func allowed(p parameter, route *config.Route) bool {
	for i := range route.Query {
		if listed := &route.Query[i]; listed.Name == p.name {
			return !(listed.HasDefault && listed.Default == p.value)
		}
	}
	return route.AllQuery
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
		if c := s[i]; unreserved(c) || c == ',' || c == ':' || c == '/' || c == '@' {
			b.WriteByte(c)
		} else {
			encode(b, c)
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
		return unescape(n, true) == name
	})
	return strings.Join(kept, "&")
}
