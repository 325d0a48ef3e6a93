package surrogate

import "strings"

const upperHex = "0123456789ABCDEF"

// Escape returns key with every byte that a surrogate key may not hold
// percent-encoded: all but printable ASCII. What is percent-encoded already
// stays, with its digits in upper case, so that whoever purges may write
// "crème" or "cr%c3%a8me". Escaping twice is the same as once.
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

// isEscaped is the fast way for most keys.
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
