package config

import "strings"

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func digit(c byte) bool { return '0' <= c && c <= '9' }

func hex(c byte) bool { return digit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// unhex returns the value of a digit for which hex holds.
func unhex(c byte) byte {
	if digit(c) {
		return c - '0'
	}
	return (c | 0x20) - 'a' + 10
}

// unreserved characters mean the same encoded and not (RFC 3986 §2.3).
func unreserved(c byte) bool {
	return letter(c) || digit(c) || strings.IndexByte("-._~", c) >= 0
}

// token reports whether s is a token (RFC 9110 §5.6.2), such as a header's
// name.
func token(s string) bool {
	for i := range len(s) {
		if c := s[i]; !letter(c) && !digit(c) && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}

// printable reports whether s has no control characters and so is safe as a
// header's value (RFC 9110 §5.5).
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return false
		}
	}
	return true
}
