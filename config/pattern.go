package config

import (
	"fmt"
	"slices"
	"strings"
)

// Pattern is a route's path: literal segments, variables that stand for one
// whole segment, and, last, a variable with dots that stands for all that is
// left:
//
//	/v2/posts/{slug}/
//	/files/{name...}
//
// A trailing slash does not decide what matches but what is canonical: the
// path that the origin is asked for, and that is a part of the cache key, has
// it if the pattern has it. A pattern that ends in a wildcard leaves the
// trailing slash as the request had it.
//
// It is immutable. Its zero value matches nothing.
type Pattern struct {
	text     string
	segments []segment
	slash    bool
}

type segment struct {
	literal  string // normalised and percent-encoded
	variable string
	rest     bool // the wildcard
}

// ParsePattern reads a pattern. Literals are compared with normalised paths,
// so they are normalised alike (RFC 3986 §6.2.2): what is not allowed in a
// path is percent-encoded, what needs no encoding is decoded, hexadecimal
// digits are upper case. The errors wrap [ErrPattern].
func ParsePattern(s string) (Pattern, error) {
	path, found := strings.CutPrefix(s, "/")
	if !found {
		return Pattern{}, fmt.Errorf("%w: want a leading slash; got %s", ErrPattern, quote(s))
	}
	p := Pattern{text: s}
	if path == "" {
		p.slash = true
		return p, nil
	}
	path, p.slash = strings.CutSuffix(path, "/")
	p.segments = make([]segment, 0, strings.Count(path, "/")+1)
	for part := range strings.SplitSeq(path, "/") {
		seg, err := parseSegment(part)
		if err != nil {
			return Pattern{}, err
		}
		if err := p.append(seg); err != nil {
			return Pattern{}, err
		}
	}
	if p.wild() && p.slash {
		return Pattern{}, fmt.Errorf("%w: want nothing after {%s...}; got a slash", ErrPattern, p.last().variable)
	}
	return p, nil
}

func (p *Pattern) append(seg segment) error {
	if p.wild() {
		return fmt.Errorf("%w: want {%s...} in the last place; got more after it", ErrPattern, p.last().variable)
	}
	if seg.variable != "" && slices.ContainsFunc(p.segments, func(s segment) bool { return s.variable == seg.variable }) {
		return fmt.Errorf("%w: want a name of its own for each variable; got {%s} twice", ErrPattern, seg.variable)
	}
	p.segments = append(p.segments, seg)
	return nil
}

func parseSegment(part string) (segment, error) {
	if part == "" {
		return segment{}, fmt.Errorf("%w: want text between two slashes; got none", ErrPattern)
	}
	if strings.Contains(part, "{") || strings.Contains(part, "}") {
		return parseVariable(part)
	}
	literal, err := normalise(part)
	if err != nil {
		return segment{}, err
	}
	if literal == "." || literal == ".." {
		return segment{}, fmt.Errorf("%w: want no dot segment, as paths are resolved before they are matched; got %s", ErrPattern, quote(part))
	}
	return segment{literal: literal}, nil
}

func parseVariable(part string) (segment, error) {
	inner, opened := strings.CutPrefix(part, "{")
	name, closed := strings.CutSuffix(inner, "}")
	switch {
	case strings.Count(part, "{") != strings.Count(part, "}"):
		return segment{}, fmt.Errorf("%w: want every brace to be closed in its segment; got %s", ErrPattern, quote(part))
	case !opened || !closed || strings.ContainsAny(name, "{}"):
		return segment{}, fmt.Errorf("%w: want a variable to be a whole segment, such as {slug}; got %s", ErrPattern, quote(part))
	}
	name, rest := strings.CutSuffix(name, "...")
	if !variableName(name) {
		return segment{}, fmt.Errorf("%w: want a variable's name of letters, digits and _; got %s", ErrPattern, quote(part))
	}
	return segment{variable: name, rest: rest}, nil
}

func variableName(s string) bool {
	for i := range len(s) {
		if c := s[i]; !letter(c) && c != '_' && (i == 0 || !digit(c)) {
			return false
		}
	}
	return s != ""
}

// normalise returns a literal segment in the form that paths have when they
// are matched.
func normalise(literal string) (string, error) {
	if plain(literal) {
		return literal, nil
	}
	var b strings.Builder
	for i := 0; i < len(literal); i++ {
		c := literal[i]
		switch {
		case c < ' ' || c == 0x7f:
			return "", fmt.Errorf("%w: want no control characters; got %s", ErrPattern, quote(literal))
		case c == '?' || c == '#':
			return "", fmt.Errorf("%w: want a path without query or fragment; got %s", ErrPattern, quote(literal))
		case c == '%':
			if i+2 >= len(literal) || !hex(literal[i+1]) || !hex(literal[i+2]) {
				return "", fmt.Errorf("%w: want two hexadecimal digits after %%; got %s", ErrPattern, quote(literal))
			}
			decoded := unhex(literal[i+1])<<4 | unhex(literal[i+2])
			if decoded < ' ' || decoded == 0x7f {
				return "", fmt.Errorf("%w: want no control characters; got %s", ErrPattern, quote(literal))
			}
			writeByte(&b, decoded, unreserved(decoded))
			i += 2
		default:
			writeByte(&b, c, pathByte(c))
		}
	}
	return b.String(), nil
}

// plain reports whether a literal is what it is normalised to.
func plain(literal string) bool {
	for i := range len(literal) {
		if !pathByte(literal[i]) {
			return false
		}
	}
	return true
}

// pathByte reports whether c needs no encoding in a path (pchar in RFC 3986
// §3.3).
func pathByte(c byte) bool {
	return unreserved(c) || strings.IndexByte("!$&'()*+,;=:@", c) >= 0
}

// writeByte writes c as it is where plain says so, else percent-encoded.
func writeByte(b *strings.Builder, c byte, plain bool) {
	if plain {
		b.WriteByte(c)
		return
	}
	const digits = "0123456789ABCDEF"
	b.WriteByte('%')
	b.WriteByte(digits[c>>4])
	b.WriteByte(digits[c&15])
}

// String returns the pattern as it was written.
func (p Pattern) String() string { return p.text }

// Variables returns the names of the variables in the order of the path.
func (p Pattern) Variables() []string {
	var names []string
	for _, s := range p.segments {
		if s.variable != "" {
			names = append(names, s.variable)
		}
	}
	return names
}

// Match reports whether the pattern matches path, which is percent-encoded and
// normalised. The values of [Pattern.Variables] are appended to vars[:0], as
// raw, still encoded text, so that a caller can use one slice for all of its
// requests. A wildcard's value is all that is left, slashes included, and
// empty if nothing is.
func (p Pattern) Match(path string, vars []string) ([]string, bool) {
	vars = vars[:0]
	rest, found := strings.CutPrefix(path, "/")
	if !found || p.text == "" {
		return vars, false
	}
	for _, s := range p.segments {
		if s.rest {
			return append(vars, rest), true
		}
		part, after, _ := strings.Cut(rest, "/")
		if part == "" || s.variable == "" && s.literal != part {
			return vars[:0], false
		}
		if s.variable != "" {
			vars = append(vars, part)
		}
		rest = after
	}
	if rest != "" {
		return vars[:0], false
	}
	return vars, true
}

// Canonical returns path, which must be one that the pattern matches, with or
// without its trailing slash as the pattern asks.
func (p Pattern) Canonical(path string) string {
	if p.wild() || path == "/" {
		return path
	}
	if !p.slash {
		return strings.TrimSuffix(path, "/")
	}
	if strings.HasSuffix(path, "/") {
		return path
	}
	return path + "/"
}

// Covers reports whether p matches every path that q matches, so that q after
// p is never reached.
func (p Pattern) Covers(q Pattern) bool {
	if p.text == "" {
		return false
	}
	for i, s := range p.segments {
		if s.rest {
			return true
		}
		if i == len(q.segments) || q.segments[i].rest {
			return false
		}
		if s.variable == "" && s.literal != q.segments[i].literal {
			return false
		}
	}
	return len(p.segments) == len(q.segments)
}

func (p Pattern) wild() bool { return len(p.segments) > 0 && p.last().rest }

func (p Pattern) last() segment { return p.segments[len(p.segments)-1] }
