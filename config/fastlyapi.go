package config

import (
	"slices"
	"strings"
)

// FastlyAPI answers clients of Fastly's purge API at the edge, and requests with
// the method PURGE.
type FastlyAPI struct {
	// Prefix stands in the place of https://api.fastly.com: a path below
	// /_larder/, where no content is.
	Prefix string `larder:"prefix" default:"/_larder/fastly"`
	// Soft says how a client purges that does not say. Fastly's own API is hard
	// then.
	Soft bool `larder:"soft" default:"true"`
}

// own are the names of Larder's own endpoints.
var own = []string{"purge", "hooks", "health", "status"}

func (c *checker) fastlyAPI(api *FastlyAPI, at *jsonPath) {
	if api == nil {
		return
	}
	below, ok := strings.CutPrefix(api.Prefix, "/_larder/")
	segments := strings.Split(below, "/")
	unusable := func(segment string) bool { return !consists(segment, "-_") }
	if !ok || slices.ContainsFunc(segments, unusable) || slices.Contains(own, segments[0]) {
		c.fail(at.member("prefix"), `want a path such as "/_larder/fastly", of letters, digits, - and _ below /_larder/, and not one of Larder's own endpoints; got %s`, quote(api.Prefix))
	}
}
