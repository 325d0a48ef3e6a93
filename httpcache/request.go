package httpcache

import (
	"net/http"
	"time"
)

// requestDirectives are those of RFC 9111 §5.2.1, and RFC 5861's
// stale-if-error.
type requestDirectives struct {
	noCache, noStore, onlyIfCached bool
	maxStale                       bool
	maxAge, minFresh               delta
	staleIfError                   delta
}

// requestOf reads what the client asks. Nearly all requests ask nothing, so
// presence is checked before anything is parsed.
func requestOf(h http.Header, p Policy) requestDirectives {
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

// pragmaNoCache: RFC 9111 §5.4, which counts only without Cache-Control.
func pragmaNoCache(lines []string) bool {
	for d := range directives(lines) {
		if d.name == "no-cache" {
			return true
		}
	}
	return false
}

// refusesAge says whether the client does not want an answer of this age and
// remaining freshness without validation.
func (r requestDirectives) refusesAge(age, ttl time.Duration) bool {
	return r.noCache ||
		r.maxAge.present && age > r.maxAge.duration() ||
		r.minFresh.present && ttl < r.minFresh.duration()
}

// LimitsAge says whether the request limits how old its answer may be, so that
// what a cache further up has kept may not do (RFC 9111 §5.2.1).
func LimitsAge(req *Request, p Policy) bool {
	r := requestOf(req.Header, p)
	return r.noCache || r.maxAge.present || r.minFresh.present
}

// OnlyIfCached says whether the request forbids to ask the origin (RFC 9111
// §5.2.1.7); a miss is then answered with 504.
func OnlyIfCached(req *Request, p Policy) bool {
	return requestOf(req.Header, p).onlyIfCached
}

// RequestForbidsStore says whether the request forbids to keep its answer
// (RFC 9111 §5.2.1.5).
func RequestForbidsStore(req *Request, p Policy) bool {
	return requestOf(req.Header, p).noStore
}
