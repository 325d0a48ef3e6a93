package httpcache

import (
	"net/http"
	"slices"
)

// Plan decides whether resp, the origin's response to req, may be stored (RFC
// 9111 §3), and for how long it may be used. The lifetimes are zero unless the
// reason is [Storable].
//
// If the operator sets a TTL, it applies to 200, 203, 204, 300, 301 and 308. A
// 404 or 410 gets NotFoundTTL and no stale windows. 302, 303 and 307 are stored
// for the origin's explicit lifetime. Other status codes and parts (206) are not
// stored.
//
// If the origin decides, every status code with an explicit lifetime is stored,
// except those that concern one request only (401, 407, 412, 416 and the like).
func Plan(req *Request, resp *Response, p Policy) (Lifetimes, NotStored) {
	d, targeted := directivesInForce(resp.Header)
	explicit := explicitLifetime(d, targeted, resp)
	if reason := refusal(req, resp, p, d); reason != Storable {
		return Lifetimes{}, reason
	}
	decide := followOrigin
	if p.TTL.Valid {
		decide = followOperator
	}
	l, reason := decide(resp, p, d, explicit)
	if reason != Storable {
		return Lifetimes{}, reason
	}
	if l.neverUsable() {
		return Lifetimes{}, NotStoredNoLifetime
	}
	return l, Storable
}

// refusal returns the reason, if any, that forbids storing whether operator or
// origin decides on the lifetime.
func refusal(req *Request, resp *Response, p Policy, d responseDirectives) NotStored {
	if resp.Status < 200 || resp.Status > 599 {
		return NotStoredInvalid
	}
	if !storableMethod(req.Method) {
		return NotStoredMethod
	}
	if aboutOneRequest(resp.Status) {
		return NotStoredStatus
	}
	// RFC 9111 §5.2.2.3: must-understand overrides no-store for a status code
	// that is understood and forbids storing any other.
	if d.mustUnderstand && !understood(resp.Status) {
		return NotStoredStatus
	}
	if d.noStore && !d.mustUnderstand {
		return NotStoredNoStore
	}
	if d.private {
		return NotStoredPrivate
	}
	if RequestForbidsStore(req, p) {
		return NotStoredRequestNoStore
	}
	if len(req.Header["Authorization"]) > 0 && !p.Tenant && !sharedDespiteAuthorization(d) {
		return NotStoredAuthorization
	}
	// RFC 9111 §7.3 leaves it to the origin to say that a cookie is for one user.
	// Most origins do not. If one says so of the field alone, with
	// no-cache="Set-Cookie", the response is stored without the field.
	if len(resp.Header["Set-Cookie"]) > 0 && !slices.Contains(d.omitted, "Set-Cookie") {
		return NotStoredSetCookie
	}
	if p.Cookies && len(req.Header["Cookie"]) > 0 && !d.public && !varies(resp.Header, "Cookie") {
		return NotStoredCookie
	}
	if resp.Status == http.StatusPartialContent {
		if _, ok := parseContentRange(resp.Header); !ok {
			return NotStoredRange
		}
	}
	return varyRefusal(resp.Header)
}

// storableMethod accepts GET and QUERY (RFC 10008; its content is part of the
// key). A response to POST could be stored (RFC 9110 §9.3.3) but is not.
func storableMethod(method string) bool { return method == http.MethodGet || method == "QUERY" }

// aboutOneRequest lists the status codes that depend on request fields outside
// the key: conditions, ranges, credentials.
func aboutOneRequest(status int) bool {
	switch status {
	case 304, 401, 407, 408, 412, 416, 417, 421, 425, 426:
		return true
	}
	return false
}

// understood lists the final status codes of RFC 9110 §15, whose caching rules
// this package implements.
func understood(status int) bool {
	switch {
	case status >= 200 && status <= 206,
		status >= 300 && status <= 305, status == 307, status == 308,
		status >= 400 && status <= 417, status == 421, status == 422, status == 426,
		status >= 500 && status <= 505:
		return true
	}
	return false
}

// sharedDespiteAuthorization: RFC 9111 §3.5.
func sharedDespiteAuthorization(d responseDirectives) bool {
	return d.public || d.mustRevalidate || d.sMaxAge.present
}

func varyRefusal(h http.Header) NotStored {
	names, star := varyNames(h)
	if star {
		return NotStoredVaryStar
	}
	if len(names) > MaxVaryNames {
		return NotStoredVaryTooLong
	}
	return Storable
}
