package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"larder/config"
	"larder/surrogate"
)

// explain says which route takes a GET request for a URL, what the origin is
// asked for, and the surrogate keys that the request alone gives.
func explain(_ context.Context, args []string, std streams) error {
	if len(args) != 2 {
		return &userError{"explain takes a file and a URL", `larder explain larder.json "/v2/posts/?page=2"`}
	}
	cfg, err := load(args[0], std)
	if err != nil {
		return err
	}
	target, err := url.Parse(args[1])
	if err != nil || !strings.HasPrefix(target.EscapedPath(), "/") {
		return &userError{fmt.Sprintf("%q is not a URL with a path", args[1]), `give the path at least, such as "/v2/posts/?page=2"`}
	}
	_, err = io.WriteString(std.out, explanation(cfg, target))
	return err
}

func explanation(cfg *config.Config, target *url.URL) string {
	path := target.EscapedPath()
	i := slices.IndexFunc(cfg.Routes, func(r config.Route) bool {
		_, ok := r.Path.Match(path, nil)
		return ok && slices.Contains(r.Methods, "GET")
	})
	if i < 0 {
		return "route   none: " + unmatched(cfg) + "\n"
	}
	route := cfg.Routes[i]
	query := target.Query()
	var b strings.Builder
	fmt.Fprintf(&b, "route   %s (%s)\n", route.Name, route.Path)
	if why, ok := bypass(route, query); ok {
		fmt.Fprintf(&b, "cached  no: %s passes through\n", why)
		return b.String()
	}
	kept, dropped := sift(route, cfg.Tenant, query)
	fmt.Fprintf(&b, "asks    %s\n", withQuery(route.Path.Canonical(path), kept))
	if len(dropped) > 0 {
		fmt.Fprintf(&b, "drops   %s\n", strings.Join(dropped, ", "))
	}
	fmt.Fprintf(&b, "keys    %s\n", strings.Join(requestKeys(route, path, kept), " "))
	if !route.Items.Empty() {
		b.WriteString("        and those of the items in the answer\n")
	}
	fmt.Fprintf(&b, "fresh   %s\n", freshness(route.Lifetimes.TTL))
	return b.String()
}

func unmatched(cfg *config.Config) string {
	if cfg.PassUnmatched {
		return "the request passes through uncached"
	}
	return "the request is rejected with 404"
}

// bypass returns the condition under which the query bypasses the cache.
func bypass(route config.Route, query url.Values) (string, bool) {
	for _, c := range route.Bypass {
		for _, value := range query[c.Parameter] {
			if c.Value == "*" || c.Value == value {
				return c.Parameter + "=" + value, true
			}
		}
	}
	return "", false
}

// sift divides a query into what is a part of the key and what is not. The
// tenant's credential is neither: its hash is in the key.
func sift(route config.Route, tenant *config.Tenant, query url.Values) (kept url.Values, dropped []string) {
	kept = url.Values{}
	for name, values := range query {
		if tenant != nil && name == tenant.Query {
			continue
		}
		i := slices.IndexFunc(route.Query, func(p config.Parameter) bool { return p.Name == name })
		for _, value := range values {
			switch {
			case i < 0 && !route.AllQuery:
				dropped = append(dropped, name+"="+value)
			case i >= 0 && !route.AllQuery && route.Query[i].HasDefault && route.Query[i].Default == value:
				dropped = append(dropped, name+"="+value+" (the default)")
			case !slices.Contains(kept[name], value):
				kept.Add(name, value)
			}
		}
	}
	slices.Sort(dropped)
	return kept, dropped
}

func withQuery(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// requestKeys are the surrogate keys that the path and query give, without
// the tenant's prefix.
func requestKeys(route config.Route, path string, query url.Values) []string {
	values, _ := route.Path.Match(path, nil) // the route was found by it
	variables := map[string]string{}
	for i, name := range route.Path.Variables() {
		value, err := url.PathUnescape(values[i])
		if err != nil {
			value = values[i]
		}
		variables[name] = value
	}
	var keys []string
	for _, template := range route.Keys {
		key, ok := template.Expand(func(variable string) (string, bool) {
			if name, found := strings.CutPrefix(variable, "query."); found {
				return query.Get(name), query.Has(name)
			}
			value, found := variables[variable]
			return value, found
		})
		if ok {
			keys = append(keys, surrogate.Escape(key))
		}
	}
	return keys
}

func freshness(ttl config.OptionalDuration) string {
	if !ttl.Valid {
		return "as long as the origin says"
	}
	return "for " + ttl.Duration.String()
}
