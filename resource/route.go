package resource

import (
	"net/http"
	"slices"

	"larder/config"
)

// Match returns the index of the route for a request, and the values of its
// path's variables, encoded. That is the first one with such a path that keeps
// answers to the method; else the first one with such a path; else -1. HEAD
// shares what is kept with GET, and so the route of GET, if that keeps answers
// to it. path is normalised.
func Match(cfg *config.Config, method, path string) (index int, vars []string) {
	if method == http.MethodHead {
		index, vars = match(cfg, http.MethodGet, path)
		if index >= 0 && slices.Contains(cfg.Routes[index].Methods, http.MethodGet) {
			return index, vars
		}
	}
	return match(cfg, method, path)
}

func match(cfg *config.Config, method, path string) (index int, vars []string) {
	other := -1
	for i := range cfg.Routes {
		r := &cfg.Routes[i]
		found, ok := r.Path.Match(path, vars[:0])
		if !ok {
			continue
		}
		if slices.Contains(r.Methods, method) {
			return i, found
		}
		if other < 0 {
			other = i
		}
	}
	return other, nil
}

// Bypass returns the parameter, as in preview=1, that makes a request for a
// route a private one. There is none if ok is false.
func Bypass(route *config.Route, rawQuery string) (parameter string, ok bool) {
	if len(route.Bypass) == 0 || rawQuery == "" {
		return "", false
	}
	query := parseQuery(rawQuery)
	for _, condition := range route.Bypass {
		for _, p := range query {
			if p.name == condition.Parameter && (condition.Value == "*" || condition.Value == p.value) {
				return p.name + "=" + p.value, true
			}
		}
	}
	return "", false
}
