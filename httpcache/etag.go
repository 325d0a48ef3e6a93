package httpcache

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// ETag makes a strong entity tag from a body, for a response whose origin
// gave none. It has 96 bits of the body's SHA-256: the same body has the same
// tag in every place.
func ETag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// isStrong says whether an entity tag can be used where every byte counts
// (RFC 9110 §8.8.3): it has no "W/" in front.
func isStrong(etag string) bool {
	return len(etag) >= 2 && etag[0] == '"' && etag[len(etag)-1] == '"'
}

// weaklyEqual compares entity tags as If-None-Match does (RFC 9110 §8.8.3.2).
// Tags without quotes are none, but an origin that sends such a one gets along
// with clients that send it back.
func weaklyEqual(a, b string) bool {
	return strings.TrimPrefix(a, "W/") == strings.TrimPrefix(b, "W/")
}
