package httpcache

import "net/http"

// EndToEnd removes, in place, the fields that are for one connection only
// (RFC 9110 §7.6.1) or between a proxy and its neighbour (RFC 9111 §3.1):
// Connection and what it names, and the well-known others. CDN-Loop stays
// whatever Connection names: nobody may take it out (RFC 8586 §2).
func EndToEnd(h http.Header) {
	for name := range listElements(h["Connection"]) {
		if name = http.CanonicalHeaderKey(name); name != "Cdn-Loop" {
			delete(h, name)
		}
	}
	for _, name := range [...]string{
		"Connection", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
		"Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Authorization", "Proxy-Connection",
	} {
		delete(h, name)
	}
}
