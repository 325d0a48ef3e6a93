package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"larder/config"
	"larder/resource"
	"larder/surrogate"
)

// explain says what the edge does with a GET request for a URL: which route
// matches, what it fetches from the origin, and the surrogate keys that the
// request alone gives.
func explain(_ context.Context, args []string, std streams) error {
	if len(args) != 2 {
		return &userError{"explain takes a file and a URL", `larder explain larder.json "/v2/posts/?page=2"`}
	}
	cfg, err := load(args[0], std)
	if err != nil {
		return err
	}
	// No client sends the fragment (RFC 9110 §7.1).
	uri, _, _ := strings.Cut(args[1], "#")
	u, err := resource.ParseRequestURI(uri)
	if err != nil || u.Scheme == "" && !strings.HasPrefix(uri, "/") {
		return &userError{fmt.Sprintf("%q is not a URL with a path", args[1]), `give the path at least, such as "/v2/posts/?page=2"`}
	}
	_, err = io.WriteString(std.out, explanation(cfg, u))
	return err
}

// explanation makes the edge's decisions in the edge's order.
func explanation(cfg *config.Config, u *url.URL) string {
	rawPath, query := resource.Split(u)
	if resource.TooLong(rawPath, query) {
		size := len(rawPath) + len("?") + len(query)
		return fmt.Sprintf("refused 414 url-too-long: path and query have %d bytes, and %d is the most\n", size, resource.MaxURL)
	}
	path, err := resource.NormalisePath(rawPath)
	if err != nil {
		return fmt.Sprintf("refused 400 bad-path: %v\n", err)
	}
	if resource.IsOperation(path) {
		return "route   none: what is under /_larder/ is Larder's own\n"
	}
	i, vars := resource.Match(cfg, http.MethodGet, path)
	if i < 0 {
		return "route   none: " + unmatched(cfg) + "\n"
	}
	route := &cfg.Routes[i]
	taken := fmt.Sprintf("route   %s (%s)\n", route.Name, route.Path)
	if !slices.Contains(route.Methods, http.MethodGet) {
		return taken + "cached  no: GET passes through\n"
	}
	if parameter, ok := resource.Bypass(route, query); ok {
		return taken + "cached  no: " + surrogate.Escape(parameter) + " passes through\n"
	}
	asked := resource.New(cfg, route, vars, resource.Request{Path: path, Query: query, Host: u.Host})
	return taken + content(cfg, route, &asked, query)
}

func unmatched(cfg *config.Config) string {
	if cfg.PassUnmatched {
		return "the request passes through uncached"
	}
	return "the request is rejected with 404"
}

// content explains a request whose answer is stored. It leaves out the tenant's
// credential, which the origin gets as well, and the tenant's prefix of keys.
func content(cfg *config.Config, route *config.Route, asked *resource.Resource, query string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "fetches %s\n", withQuery(asked.Path, asked.Query))
	if dropped := drops(cfg.Tenant, route, query, asked.Query); len(dropped) > 0 {
		fmt.Fprintf(&b, "drops   %s\n", strings.Join(dropped, ", "))
	}
	fmt.Fprintf(&b, "keys    %s\n", strings.Join(keys(route, asked), "\n        and "))
	fmt.Fprintf(&b, "fresh   %s\n", freshness(route.Lifetimes.TTL))
	return b.String()
}

func withQuery(path, query string) string {
	if query == "" {
		return path
	}
	return path + "?" + query
}

// keys returns a line for each source of an answer's surrogate keys.
func keys(route *config.Route, asked *resource.Resource) []string {
	var lines []string
	set := surrogate.NewSet("")
	complete := asked.AddKeys(set, route)
	if all := set.Keys(); len(all) > 0 {
		lines = append(lines, strings.Join(all, " "))
	}
	if !complete {
		lines = append(lines, "all bucket keys, as the request gives too many")
	}
	if !route.Items.Empty() {
		lines = append(lines, "those of the items in the answer")
	}
	if len(lines) == 0 {
		return []string{"none"}
	}
	return lines
}

func freshness(ttl config.OptionalDuration) string {
	if !ttl.Valid {
		return "as long as the origin says"
	}
	return "for " + ttl.Duration.String()
}
