package httpcache

import (
	"net/http"
	"time"
)

// requestDirectives are the directives of RFC 9111 §5.2.1, and stale-if-error
// from RFC 5861.
type requestDirectives struct {
	noCache, noStore, onlyIfCached bool
	maxStale                       bool
	maxAge, minFresh               delta
	staleIfError                   delta
}

// parseRequest reads the request's directives, none unless p.ObeyClients.
func parseRequest(h http.Header, p Policy) requestDirectives {
	var r requestDirectives
	if !p.ObeyClients {
		return r
	}
	lines := h["Cache-Control"]
	if len(lines) == 0 {
		r.noCache = pragmaNoCache(h["Pragma"])
		return r
	}
	for d := range directives(lines) {
		if d.malformed != "" { // see [responseDirectives.add]
			r.noStore = r.noStore || d.mentions("no-store")
			r.noCache = r.noCache || d.mentions("no-cache")
		}
		switch d.name {
		case "no-cache":
			r.noCache = true
		case "no-store":
			r.noStore = true
		case "only-if-cached":
			r.onlyIfCached = true
		case "max-age":
			r.maxAge.set(d.value)
		case "min-fresh":
			r.minFresh.set(d.value)
		case "max-stale":
			r.maxStale = true
		case "stale-if-error":
			r.staleIfError.set(d.value)
		}
	}
	return r
}

// pragmaNoCache reports Pragma: no-cache, which applies only without
// Cache-Control (RFC 9111 §5.4).
func pragmaNoCache(lines []string) bool {
	for d := range directives(lines) {
		if d.name == "no-cache" {
			return true
		}
	}
	return false
}

// refusesAge reports whether the client refuses a response of this age and
// remaining freshness unless it is validated.
func (r requestDirectives) refusesAge(age, ttl time.Duration) bool {
	return r.noCache ||
		r.maxAge.present && age > r.maxAge.duration() ||
		r.minFresh.present && ttl < r.minFresh.duration()
}

// LimitsAge reports whether the request limits the age of the response, so that
// an upstream cache's copy may be too old (RFC 9111 §5.2.1).
func LimitsAge(req *Request, p Policy) bool {
	r := parseRequest(req.Header, p)
	return r.noCache || r.maxAge.present || r.minFresh.present
}

// OnlyIfCached reports whether the request forbids contacting the origin; a
// miss is then answered with 504 (RFC 9111 §5.2.1.7).
func OnlyIfCached(req *Request, p Policy) bool {
	return parseRequest(req.Header, p).onlyIfCached
}

// RequestForbidsStore reports whether the request forbids storing the response
// (RFC 9111 §5.2.1.5).
func RequestForbidsStore(req *Request, p Policy) bool {
	return parseRequest(req.Header, p).noStore
}
