// Package uri is percent-encoding, and its one normal form (RFC 3986 §2.1,
// §6.2.2).
package uri

import (
	"errors"
	"strings"
)

var (
	// ErrEncoding means that a "%" is not followed by two hexadecimal digits.
	ErrEncoding = errors.New("a % is not followed by two hexadecimal digits")
	// ErrControl means that there is a control character, encoded or not.
	ErrControl = errors.New("it has a control character")
	// ErrDots means that a segment is "." or "..", at least for an origin that
	// cuts parameters off.
	ErrDots = errors.New("it has a dot segment")
	// ErrSlash means that there is an encoded slash, or a backslash.
	ErrSlash = errors.New("it has an encoded slash or a backslash")
	// ErrDouble means that a slash, a backslash or a dot is encoded twice.
	ErrDouble = errors.New("it has a slash, a backslash or a dot that is encoded twice")
	// ErrEnds means that a segment ends with a dot, or begins or ends with a
	// space.
	ErrEnds = errors.New("it has a segment that ends with a dot, or begins or ends with a space")
)

// CheckSegment returns why an origin may take a segment of a normalised path for
// another one: some servers and file systems decode it once more, resolve it or
// trim it. A cache that does not would store one resource under two names, and
// purge only one of them. The error is [ErrDots], [ErrSlash], [ErrDouble] or
// [ErrEnds].
func CheckSegment(segment string) error {
	name, _, _ := strings.Cut(segment, ";") // parameters, to some origins
	switch {
	case name == ".", name == "..":
		return ErrDots
	case trimmed(name), trimmed(segment):
		return ErrEnds
	}
	for rest := segment; ; {
		_, after, found := strings.Cut(rest, "%")
		if !found {
			return nil
		}
		once := after
		for strings.HasPrefix(after, "25") {
			after = after[len("25"):]
		}
		twice := len(after) < len(once)
		switch rest = after; {
		case len(after) < 2:
		case !twice && (after[:2] == "2F" || after[:2] == "5C"):
			return ErrSlash
		case twice && encodesSeparator(after[:2]):
			return ErrDouble
		}
	}
}

// trimmed reports whether some systems cut characters off the segment: Windows
// cuts trailing dots and spaces, others cut spaces.
func trimmed(name string) bool {
	return strings.HasSuffix(name, ".") || strings.HasSuffix(name, "%20") || strings.HasPrefix(name, "%20")
}

func encodesSeparator(digits string) bool {
	switch strings.ToUpper(digits) {
	case "2F", "5C", "2E":
		return true
	}
	return false
}

// NormalisePath returns a path, or a part of one, with unreserved characters
// decoded, every character that a path may not contain encoded, and hexadecimal
// digits in upper case. It keeps slashes and does not resolve dot segments. The
// error is [ErrEncoding] or [ErrControl].
func NormalisePath(raw string) (string, error) {
	if isNormal(raw) {
		return raw, nil
	}
	var b strings.Builder
	b.Grow(len(raw) + 16)
	for i := 0; i < len(raw); i++ {
		c, plain := raw[i], InPath
		if c == '%' {
			decoded, ok := Decode(raw, i)
			if !ok {
				return "", ErrEncoding
			}
			c, plain = decoded, Unreserved
			i += 2
		}
		switch {
		case c < ' ' || c == 0x7f:
			return "", ErrControl
		case plain(c):
			b.WriteByte(c)
		default:
			Encode(&b, c)
		}
	}
	return b.String(), nil
}

// isNormal reports whether NormalisePath has nothing to do, as for most paths.
func isNormal(path string) bool {
	for i := 0; i < len(path); i++ {
		if !InPath(path[i]) {
			return false
		}
	}
	return true
}

// Unreserved reports whether c means the same encoded and not (RFC 3986 §2.3).
func Unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}

// InPath reports whether c may be in a path unencoded: a slash, or pchar of RFC
// 3986 §3.3 except the percent sign.
func InPath(c byte) bool {
	return Unreserved(c) || strings.IndexByte("/!$&'()*+,;=:@", c) >= 0
}

const upperHex = "0123456789ABCDEF"

// Encode appends c percent-encoded.
func Encode(b *strings.Builder, c byte) {
	b.WriteByte('%')
	b.WriteByte(upperHex[c>>4])
	b.WriteByte(upperHex[c&15])
}

// Decode returns the byte whose encoding begins at s[i]. ok is false if s[i] is
// not a percent sign followed by two hexadecimal digits.
func Decode(s string, i int) (c byte, ok bool) {
	if i+2 >= len(s) || s[i] != '%' {
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
