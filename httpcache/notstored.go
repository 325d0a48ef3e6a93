package httpcache

import "strconv"

// NotStored is the reason why a response is not stored. The zero value is
// [Storable].
type NotStored uint8

const (
	// Storable: the response may be stored.
	Storable NotStored = iota
	// NotStoredNoStore: the response says no-store (RFC 9111 §5.2.2.5).
	NotStoredNoStore
	// NotStoredRequestNoStore: the request says no-store (§5.2.1.5).
	NotStoredRequestNoStore
	// NotStoredPrivate: the response is for one user only (§5.2.2.7).
	NotStoredPrivate
	// NotStoredAuthorization: the request was authenticated and the response
	// does not allow sharing (§3.5).
	NotStoredAuthorization
	// NotStoredSetCookie: the response sets a cookie.
	NotStoredSetCookie
	// NotStoredCookie: the origin got the client's cookies, and nothing in the
	// response says that it is for other clients as well.
	NotStoredCookie
	// NotStoredMethod: responses to this method are not stored.
	NotStoredMethod
	// NotStoredStatus: responses with this status code are not stored.
	NotStoredStatus
	// NotStoredErrorStatus: the operator sets the lifetime, and errors are not
	// stored under it.
	NotStoredErrorStatus
	// NotStoredVaryStar: Vary contains "*", which matches no request (§4.1).
	NotStoredVaryStar
	// NotStoredVaryTooLong: Vary names more than [MaxVaryNames] fields.
	NotStoredVaryTooLong
	// NotStoredNoLifetime: the response is never fresh, cannot be validated
	// and may not be used stale.
	NotStoredNoLifetime
	// NotStoredRange: the response is a part that cannot be stored (§3.3).
	NotStoredRange
	// NotStoredInvalid: the response is not a final one.
	NotStoredInvalid
)

// SparesEntry reports whether a 304 that may not be stored for this reason leaves
// the stored response as good as it was: the reason lies in the request, or in
// what the 304 adds for its client. Otherwise any client could have it removed.
func (n NotStored) SparesEntry() bool {
	switch n {
	case NotStoredRequestNoStore, NotStoredAuthorization, NotStoredCookie, NotStoredSetCookie:
		return true
	}
	return false
}

// String returns the reason as a token for Cache-Status's detail.
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
	case NotStoredCookie:
		return "cookie"
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
