package config

import "strings"

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func digit(c byte) bool { return '0' <= c && c <= '9' }

// consists reports whether s is some text of letters, digits and others.
func consists(s, others string) bool {
	for i := range len(s) {
		if c := s[i]; !letter(c) && !digit(c) && strings.IndexByte(others, c) < 0 {
			return false
		}
	}
	return s != ""
}

// token reports whether s is a token (RFC 9110 §5.6.2), such as a header's
// name.
func token(s string) bool { return consists(s, "!#$%&'*+-.^_`|~") }

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
