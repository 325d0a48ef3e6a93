package handlers

import (
	"net/http"
	"strings"
)

// allowedMethods are named where a method is refused. Any other one passes
// through as well.
const allowedMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, QUERY"

// refusedMethod reports the methods that are never passed on. TRACE, and TRACK
// of old IIS servers, echo the request, with the secrets that origins[].headers
// add to it (RFC 9110 §9.3.8). CONNECT asks for a tunnel, which is not to be had
// here (§9.3.6). Methods are case-sensitive, but an origin may not know that.
func refusedMethod(method string) bool {
	switch strings.ToUpper(method) {
	case http.MethodTrace, "TRACK", http.MethodConnect:
		return true
	}
	return false
}
