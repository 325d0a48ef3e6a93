package resource

import (
	"iter"
	"net/http"
	"slices"
	"strings"

	"larder/config"
)

// Match returns the index of the route for a request, and the encoded values of
// its path variables: the first route that matches the path and caches the
// method, otherwise the first that matches the path, otherwise -1. HEAD is
// answered from responses to GET, so it gets the route of GET if that route
// caches GET. path must be normalised.
//
// A path with an empty segment matches no route. Many origins merge slashes, and
// would give one resource under two names, of which a purge finds one.
func Match(cfg *config.Config, method, path string) (index int, vars []string) {
	if strings.Contains(path, "//") {
		return -1, nil
	}
	if method == http.MethodHead {
		index, vars = match(cfg, http.MethodGet, path)
		if index >= 0 && slices.Contains(cfg.Routes[index].Methods, http.MethodGet) {
			return index, vars
		}
	}
	return match(cfg, method, path)
}

// methods that routes can cache answers to.
var methods = [...]string{http.MethodGet, http.MethodHead, MethodQuery}

// AtURL returns the resources that a URL can stand for, with the indexes of their
// routes: each method can have a route of its own, which reads the query in its own
// way. There are none if no route caches anything there.
func AtURL(cfg *config.Config, req Request) iter.Seq2[int, Resource] {
	return func(yield func(int, Resource) bool) {
		for _, method := range methods {
			i, vars := Match(cfg, method, req.Path)
			if i < 0 || !slices.Contains(cfg.Routes[i].Methods, method) {
				continue
			}
			if !yield(i, New(cfg, &cfg.Routes[i], vars, req)) {
				return
			}
		}
	}
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
