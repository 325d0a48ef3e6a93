package surrogate

import "strings"

const upperHex = "0123456789ABCDEF"

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
		switch c := key[i]; {
		case c == '%' && i+2 < len(key) && isHex(key[i+1]) && isHex(key[i+2]):
			b.WriteString(strings.ToUpper(key[i : i+3]))
			i += 2
		case graphic(c):
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(upperHex[c>>4])
			b.WriteByte(upperHex[c&15])
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

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
