package httpcache

import (
	"iter"
	"strings"
)

// listElements yields the elements of a comma-separated list field (RFC 9110
// §5.6.1) from all its lines. Elements are trimmed and empty ones skipped. A
// comma inside a quoted string does not separate elements.
func listElements(lines []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, line := range lines {
			for line != "" {
				end := elementEnd(line)
				element := trimOWS(line[:end])
				if element != "" && !yield(element) {
					return
				}
				line = line[min(end+1, len(line)):]
			}
		}
	}
}

// elementEnd returns the index of the first comma outside quoted strings, or
// the length of the line. An unterminated quoted string extends to the end.
func elementEnd(line string) int {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			return i
		}
	}
	return len(line)
}

// trimOWS removes optional whitespace (RFC 9110 §5.6.3) on both sides.
func trimOWS(s string) string { return strings.Trim(s, " \t") }

// unquote returns the content of a quoted string (RFC 9110 §5.6.4). ok is
// false if s is not exactly one quoted string.
func unquote(s string) (content string, ok bool) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return "", false
	}
	s = s[1 : len(s)-1]
	if !strings.ContainsAny(s, `"\`) {
		return s, true
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			return "", false
		case '\\':
			i++
			if i == len(s) {
				return "", false
			}
		}
		b.WriteByte(s[i])
	}
	return b.String(), true
}

// isToken reports whether s is a token (RFC 9110 §5.6.2).
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isTokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func isTokenByte(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}
