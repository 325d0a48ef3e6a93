package surrogate

import "larder/internal/uri"

// Escape percent-encodes every byte of key that a surrogate key may not
// contain: all but printable ASCII. Existing encodings stay, with their digits
// in upper case, so that a purge may name "crème" or "cr%c3%a8me". Escape is
// idempotent.
func Escape(key string) string {
	if isEscaped(key) {
		return key
	}
	return string(appendEscaped(nil, key))
}

// appendEscaped appends what [Escape] returns.
func appendEscaped(to []byte, key string) []byte {
	if isEscaped(key) {
		return append(to, key...)
	}
	for i := 0; i < len(key); i++ {
		if c, ok := uri.Decode(key, i); ok {
			to = appendEncoded(to, c)
			i += 2
		} else if c := key[i]; graphic(c) {
			to = append(to, c)
		} else {
			to = appendEncoded(to, c)
		}
	}
	return to
}

// Key returns the surrogate key for what content calls key: escaped, and with its
// first byte encoded if it is [Reserved], so that no item, origin or webhook can
// name a key of the service, of another tenant or of a bucket. Key is idempotent.
func Key(key string) string { return string(appendKey(nil, key)) }

// appendKey appends what [Key] returns.
func appendKey(to []byte, key string) []byte {
	if Reserved(key) {
		to, key = appendEncoded(to, key[0]), key[1:]
	}
	return appendEscaped(to, key)
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

func appendEncoded(to []byte, c byte) []byte {
	return append(to, '%', upperHex[c>>4], upperHex[c&15])
}

const upperHex = "0123456789ABCDEF"

func graphic(c byte) bool { return c > ' ' && c < 0x7f }
