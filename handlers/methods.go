package handlers

import (
	"net/http"
	"strings"
)

// allowedMethods is the Allow header of a refusal. Methods that are not listed
// pass through too.
const allowedMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, QUERY"

// methodPurge is Fastly's method to purge a URL. Some origins ignore the case of
// methods, so none of its spellings is passed on without a token.
const methodPurge = "PURGE"

// refusedMethod reports whether a method is never passed on. TRACE, and TRACK on
// old IIS servers, echo the request with the secrets that origins[].headers adds
// (RFC 9110 §9.3.8). CONNECT asks for a tunnel, which Larder does not offer
// (§9.3.6). Methods are case-sensitive, but some origins ignore case.
func refusedMethod(method string) bool {
	switch strings.ToUpper(method) {
	case http.MethodTrace, "TRACK", http.MethodConnect:
		return true
	}
	return false
}
