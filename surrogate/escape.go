package surrogate

import (
	"strings"

	"larder/internal/uri"
)

// Escape percent-encodes every byte of key that a surrogate key may not
// contain: all but printable ASCII. Existing encodings stay, with their digits
// in upper case, so that a purge may name "crème" or "cr%c3%a8me". Escape is
// idempotent.
func Escape(key string) string {
	if isEscaped(key) {
		return key
	}
	var b strings.Builder
	b.Grow(len(key) + 8)
	for i := 0; i < len(key); i++ {
		if c, ok := uri.Decode(key, i); ok {
			uri.Encode(&b, c)
			i += 2
			continue
		}
		if c := key[i]; graphic(c) {
			b.WriteByte(c)
		} else {
			uri.Encode(&b, c)
		}
	}
	return b.String()
}

// isEscaped reports whether Escape has nothing to do, as for most keys.
func isEscaped(key string) bool {
	for i := 0; i < len(key); i++ {
		if !graphic(key[i]) || key[i] == '%' {
			return false
		}
	}
	return true
}

func graphic(c byte) bool { return c > ' ' && c < 0x7f }
