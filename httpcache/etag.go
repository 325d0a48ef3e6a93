package httpcache

import (
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// ETag returns a strong entity tag for a body whose origin sent none: its xxHash
// of 64 bits, so that every POP computes the same tag. Nothing secret depends on
// it, and SHA-256 would take a fifth of the CPU time that a request with a body
// of 1 MiB may use.
func ETag(body []byte) string {
	return `"` + strconv.FormatUint(xxhash.Sum64(body), 36) + `"`
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
