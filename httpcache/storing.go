package httpcache

import "net/http"

// Plan says whether resp, the origin's answer to req, may be kept (RFC 9111
// §3), and how long it may be used. The lifetimes are zero unless the reason
// is [Storable].
//
// Where the operator sets a TTL it applies to 200, 203, 204, 300, 301 and 308.
// A 404 or 410 gets NotFoundTTL and no stale use; 302, 303 and 307 are kept as
// long as the origin says explicitly; other answers, answers that set a cookie
// and parts (206) are not kept.
//
// Where the origin decides, every status code is kept that it gives an
// explicit lifetime, except those that speak of one request alone (401, 407,
// 412, 416 and the like). An answer that sets a cookie is kept only then, and
// never used stale.
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
	if l.serveNobody() {
		return Lifetimes{}, NotStoredNoLifetime
	}
	return l, Storable
}

// refusal holds the conditions under which nobody may store, whoever decides
// on the lifetime.
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
	// RFC 9111 §5.2.2.3: must-understand lifts no-store for a status code
	// that is understood, and forbids storing any other.
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
	if resp.Status == http.StatusPartialContent {
		if _, ok := parseContentRange(resp.Header); !ok {
			return NotStoredRange
		}
	}
	return varyRefusal(resp.Header)
}

// storableMethod: GET and QUERY (RFC 10008, with its content in the key). An
// answer to POST may be kept (RFC 9110 §9.3.3), but is not.
func storableMethod(method string) bool { return method == http.MethodGet || method == "QUERY" }

// aboutOneRequest lists status codes whose answer depends on fields of the
// request that are in no key: its conditions, its ranges, its credentials.
func aboutOneRequest(status int) bool {
	switch status {
	case 304, 401, 407, 408, 412, 416, 417, 421, 425, 426:
		return true
	}
	return false
}

// understood lists the final status codes whose rules for caches this package
// implements: those of RFC 9110 §15.
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
