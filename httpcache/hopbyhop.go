package httpcache

import "net/http"

// EndToEnd removes from h the fields that concern one connection (RFC 9110
// §7.6.1) or a proxy (RFC 9111 §3.1): Connection, the fields it names, and the
// other well-known ones. It never removes CDN-Loop, even if Connection names
// it (RFC 8586 §2).
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
