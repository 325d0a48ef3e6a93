package httpcache

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// ETag returns a strong entity tag for a body whose origin sent none: 96 bits
// of the body's SHA-256, so that every POP computes the same tag.
func ETag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// isStrong reports whether an entity tag is a strong validator: quoted, without
// a "W/" prefix (RFC 9110 §8.8.3).
func isStrong(etag string) bool {
	return len(etag) >= 2 && etag[0] == '"' && etag[len(etag)-1] == '"'
}

// weaklyEqual compares entity tags as If-None-Match does (RFC 9110 §8.8.3.2).
// Unquoted tags are invalid but compared too, since some origins send them and
// clients send them back.
func weaklyEqual(a, b string) bool {
	return strings.TrimPrefix(a, "W/") == strings.TrimPrefix(b, "W/")
}
