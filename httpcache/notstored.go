package httpcache

import "strconv"

// NotStored says why a response is not kept. The zero value is [Storable].
type NotStored uint8

const (
	// Storable: it may be kept.
	Storable NotStored = iota
	// NotStoredNoStore: the response says no-store (RFC 9111 §5.2.2.5).
	NotStoredNoStore
	// NotStoredRequestNoStore: the request says no-store (§5.2.1.5).
	NotStoredRequestNoStore
	// NotStoredPrivate: the response is for one user only (§5.2.2.7).
	NotStoredPrivate
	// NotStoredAuthorization: the request was authenticated and nothing in
	// the response lets it be shared (§3.5).
	NotStoredAuthorization
	// NotStoredSetCookie: it sets a cookie, and its origin did not ask for it
	// to be cached all the same.
	NotStoredSetCookie
	// NotStoredMethod: answers to this method are not kept.
	NotStoredMethod
	// NotStoredStatus: answers with this status code are not kept.
	NotStoredStatus
	// NotStoredErrorStatus: it is an error, and errors are not content.
	NotStoredErrorStatus
	// NotStoredVaryStar: Vary has "*", which matches no request (§4.1).
	NotStoredVaryStar
	// NotStoredVaryTooLong: Vary names more than [MaxVaryNames] fields.
	NotStoredVaryTooLong
	// NotStoredNoLifetime: it is never fresh, has no validator and no stale
	// use, so keeping it would serve nobody.
	NotStoredNoLifetime
	// NotStoredRange: it is a part that cannot be kept (§3.3).
	NotStoredRange
	// NotStoredInvalid: it is not a final response.
	NotStoredInvalid
)

// String is the reason in the form of Cache-Status's detail.
func (n NotStored) String() string {
	switch n {
	case Storable:
		return "storable"
	case NotStoredNoStore:
		return "no-store"
	case NotStoredRequestNoStore:
		return "request-no-store"
	case NotStoredPrivate:
		return "private"
	case NotStoredAuthorization:
		return "authorization"
	case NotStoredSetCookie:
		return "set-cookie"
	case NotStoredMethod:
		return "method"
	case NotStoredStatus:
		return "status"
	case NotStoredErrorStatus:
		return "error-status"
	case NotStoredVaryStar:
		return "vary-star"
	case NotStoredVaryTooLong:
		return "vary-too-long"
	case NotStoredNoLifetime:
		return "no-lifetime-no-validator"
	case NotStoredRange:
		return "range"
	case NotStoredInvalid:
		return "invalid"
	}
	return "not-stored-" + strconv.Itoa(int(n))
}
