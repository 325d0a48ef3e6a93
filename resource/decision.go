package resource

import (
	"net/http"

	"larder/config"
)

// Handling is what becomes of a request that a route could answer from the cache.
type Handling uint8

const (
	// Cached: it is answered from the cache.
	Cached Handling = iota
	// Bypassed: it passes through, because it meets a condition of the route.
	Bypassed
	// Unlisted: it passes through, because the route does not list a parameter of
	// its query.
	Unlisted
	// Rejected: it is refused for the same reason.
	Rejected
)

// Decision is what the query and the header of a request mean for its route.
type Decision struct {
	Handling Handling
	// Header is the name of the request header that decided. If it is empty,
	// Name and Value are the query parameter that did, decoded.
	Header      string
	Name, Value string
}

// Decide returns what a request means for the route whose path and method it
// matches.
func Decide(cfg *config.Config, route *config.Route, rawQuery string, header http.Header) Decision {
	for _, name := range route.BypassHeaders {
		if len(header[name]) > 0 {
			return Decision{Handling: Bypassed, Header: name}
		}
	}
	open := route.AllQuery || route.Unlisted == config.DropUnlisted // to any parameter
	if rawQuery == "" || open && len(route.Bypass) == 0 {
		return Decision{}
	}
	query := parseQuery(rawQuery)
	for _, condition := range route.Bypass {
		for _, p := range query {
			if p.name == condition.Parameter && (condition.Value == "*" || condition.Value == p.value) {
				return Decision{Handling: Bypassed, Name: p.name, Value: p.value}
			}
		}
	}
	if open {
		return Decision{}
	}
	credential := credentialName(cfg)
	for _, p := range query {
		switch {
		case reaches(route, p.name), route.Ignore.Has(p.name), p.name == credential && credential != "":
		case route.Unlisted == config.RejectUnlisted:
			return Decision{Handling: Rejected, Name: p.name, Value: p.value}
		default:
			return Decision{Handling: Unlisted, Name: p.name, Value: p.value}
		}
	}
	return Decision{}
}
