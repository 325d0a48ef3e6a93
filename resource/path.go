package resource

import (
	"errors"
	"fmt"
	"strings"
)

// ErrPath is wrapped by every reason for which a path is refused.
var ErrPath = errors.New("the path is not acceptable")

// NormalisePath returns the one spelling of a percent-encoded path (RFC 3986
// §6.2.2): unreserved characters in clear, everything else that is not
// allowed in a path encoded, hexadecimal digits in upper case.
//
// Dot segments are refused and not resolved: no client that follows the
// standard sends them, and edge and origin might resolve them differently.
// So are control characters, encoded or not, and broken encodings.
func NormalisePath(raw string) (string, error) {
	if raw == "" {
		return "/", nil
	}
	if raw[0] != '/' {
		return "", fmt.Errorf("%w: it does not begin with a slash", ErrPath)
	}
	normal := raw
	if !isNormal(raw) {
		var err error
		if normal, err = recode(raw); err != nil {
			return "", err
		}
	}
	for rest := normal[1:]; rest != ""; {
		segment, after, _ := strings.Cut(rest, "/")
		if segment == "." || segment == ".." {
			return "", fmt.Errorf("%w: it has a dot segment", ErrPath)
		}
		rest = after
	}
	return normal, nil
}

// isNormal reports whether a path needs no recoding; nearly all do not.
func isNormal(raw string) bool {
	for i := 0; i < len(raw); i++ {
		if c := raw[i]; c != '/' && !pathCharacter(c) {
			return false
		}
	}
	return true
}

func recode(raw string) (string, error) {
	var b strings.Builder
	b.Grow(len(raw) + 16)
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c != '%' {
			if c < ' ' || c == 0x7f {
				return "", fmt.Errorf("%w: it has a control character", ErrPath)
			}
			if c == '/' || pathCharacter(c) {
				b.WriteByte(c)
			} else {
				encode(&b, c)
			}
			continue
		}
		c, ok := decode(raw, i)
		switch {
		case !ok:
			return "", fmt.Errorf("%w: a %% is not followed by two hexadecimal digits", ErrPath)
		case c < ' ' || c == 0x7f:
			return "", fmt.Errorf("%w: it has a control character", ErrPath)
		case unreserved(c):
			b.WriteByte(c)
		default:
			encode(&b, c)
		}
		i += 2
	}
	return b.String(), nil
}

const upperHex = "0123456789ABCDEF"

func encode(b *strings.Builder, c byte) {
	b.WriteByte('%')
	b.WriteByte(upperHex[c>>4])
	b.WriteByte(upperHex[c&15])
}

// decode reads the percent-encoded byte at s[i].
func decode(s string, i int) (byte, bool) {
	if i+2 >= len(s) {
		return 0, false
	}
	high, ok1 := unhex(s[i+1])
	low, ok2 := unhex(s[i+2])
	return high<<4 | low, ok1 && ok2
}

func unhex(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// unreserved characters mean the same encoded and in clear (RFC 3986 §2.3).
func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}

// pathCharacter reports whether c may stand in a segment in clear (pchar in
// RFC 3986 §3.3, without the percent sign).
func pathCharacter(c byte) bool {
	return unreserved(c) || strings.IndexByte("!$&'()*+,;=:@", c) >= 0
}

// Unescape decodes a path variable or a query component. What is not an
// encoding stays as it is.
func Unescape(s string, plusIsSpace bool) string {
	if strings.IndexByte(s, '%') < 0 && !(plusIsSpace && strings.IndexByte(s, '+') >= 0) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' {
			if c, ok := decode(s, i); ok {
				b.WriteByte(c)
				i += 2
				continue
			}
		}
		if s[i] == '+' && plusIsSpace {
			b.WriteByte(' ')
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
