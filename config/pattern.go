package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"larder/internal/uri"
)

// Pattern is a route's path: literal segments, variables that stand for one
// whole segment, and, last, a variable with dots that stands for the remaining
// path:
//
//	/v2/posts/{slug}/
//	/files/{name...}
//
// A path matches with and without a trailing slash. The pattern's own form is
// the canonical one, for which the origin is asked and which is part of the
// cache key. A pattern that ends in a wildcard leaves the slash as the request
// had it.
//
// Text becomes a pattern through [ParsePattern], on which the methods rely.
// The zero value matches nothing.
type Pattern string

// ParsePattern reads a pattern. Literals are compared with normalised paths,
// so they are normalised alike (RFC 3986 §6.2.2): what is not allowed in a
// path is percent-encoded, what needs no encoding is decoded, hexadecimal
// digits are upper case. The errors wrap [ErrPattern].
func ParsePattern(s string) (Pattern, error) {
	path, found := strings.CutPrefix(s, "/")
	if !found {
		return "", fmt.Errorf("%w: want a leading slash; got %s", ErrPattern, quote(s))
	}
	if path == "" {
		return "/", nil
	}
	path, slash := strings.CutSuffix(path, "/")
	var p Pattern
	for part := range strings.SplitSeq(path, "/") {
		segment, err := parseSegment(part)
		if err != nil {
			return "", err
		}
		if name, wild := p.wildcard(); wild {
			return "", fmt.Errorf("%w: want {%s...} last; got more after it", ErrPattern, name)
		}
		if name := variable(segment); name != "" && slices.Contains(p.Variables(), name) {
			return "", fmt.Errorf("%w: want a name of its own for each variable; got {%s} twice", ErrPattern, name)
		}
		p += Pattern("/" + segment)
	}
	if !slash {
		return p, nil
	}
	if name, wild := p.wildcard(); wild {
		return "", fmt.Errorf("%w: want nothing after {%s...}; got a slash", ErrPattern, name)
	}
	return p + "/", nil
}

// parseSegment returns a segment in the form that Pattern has it.
func parseSegment(part string) (string, error) {
	if part == "" {
		return "", fmt.Errorf("%w: want text between two slashes; got none", ErrPattern)
	}
	if strings.ContainsAny(part, "{}") {
		return part, checkVariable(part)
	}
	if err := checkNotation(part); err != nil {
		return "", err
	}
	literal, err := uri.NormalisePath(part)
	switch {
	case errors.Is(err, uri.ErrControl):
		return "", fmt.Errorf("%w: want no control characters; got %s", ErrPattern, quote(part))
	case err != nil:
		return "", fmt.Errorf("%w: want two hexadecimal digits after %%; got %s", ErrPattern, quote(part))
	case strings.ContainsAny(part, "?#"):
		return "", fmt.Errorf("%w: want a path without query or fragment; got %s", ErrPattern, quote(part))
	}
	if err := uri.CheckSegment(literal); err != nil {
		return "", fmt.Errorf("%w: want a path that is not refused before it is matched: %w; got %s", ErrPattern, err, quote(part))
	}
	return literal, nil
}

// checkNotation refuses what other routers take for a variable, and no path has.
func checkNotation(part string) error {
	switch name, colon := strings.CutPrefix(part, ":"); {
	case colon && variableName(name):
		return fmt.Errorf("%w: want {%s} for one segment; got %s", ErrPattern, name, quote(part))
	case colon:
		return fmt.Errorf("%w: want a variable such as {id} for one segment; got %s", ErrPattern, quote(part))
	case strings.Trim(part, "*") == "":
		return fmt.Errorf("%w: want {rest...} for all that is left of the path, or a variable such as {id} for one segment; got %s", ErrPattern, quote(part))
	}
	return nil
}

func checkVariable(part string) error {
	inner, opened := strings.CutPrefix(part, "{")
	name, closed := strings.CutSuffix(inner, "}")
	switch {
	case strings.Count(part, "{") != strings.Count(part, "}"):
		return fmt.Errorf("%w: want every brace to be closed in its segment; got %s", ErrPattern, quote(part))
	case !opened || !closed || strings.ContainsAny(name, "{}"):
		return fmt.Errorf("%w: want a variable to be a whole segment, such as {slug}; got %s", ErrPattern, quote(part))
	case !variableName(strings.TrimSuffix(name, "...")):
		return fmt.Errorf("%w: want a variable's name of letters, digits and _; got %s", ErrPattern, quote(part))
	}
	return nil
}

func variableName(s string) bool { return consists(s, "_") && !digit(s[0]) }

// variable returns the name of the variable that a segment is, or "".
func variable(segment string) string {
	name, ok := strings.CutPrefix(segment, "{")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(strings.TrimSuffix(name, "}"), "...")
}

// segments returns what is between the slashes.
func (p Pattern) segments() []string {
	path := strings.Trim(string(p), "/")
	if path == "" {
		return nil
	}
	return strings.Split(path, "/")
}

// wildcard returns the name of the variable that stands for the remaining
// path.
func (p Pattern) wildcard() (name string, ok bool) {
	if !strings.HasSuffix(string(p), wildcardEnd) {
		return "", false
	}
	return variable(string(p[strings.LastIndexByte(string(p), '/')+1:])), true
}

const wildcardEnd = "...}"

// String returns the pattern in its normalised form.
func (p Pattern) String() string { return string(p) }

// Variables returns the names of the variables in the order of the path.
func (p Pattern) Variables() []string {
	var names []string
	for _, segment := range p.segments() {
		if name := variable(segment); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// Match reports whether the pattern matches path, which is percent-encoded and
// normalised. The values of [Pattern.Variables] are appended to vars[:0], as
// raw, still encoded text, so that a caller can use one slice for all of its
// requests. A wildcard's value is the remaining path, slashes included, and
// may be empty.
func (p Pattern) Match(path string, vars []string) ([]string, bool) {
	vars = vars[:0]
	if p == "" || !strings.HasPrefix(path, "/") {
		return vars, false
	}
	pattern := string(p)
	for {
		literal, variable, found := strings.Cut(pattern, "{")
		if !found {
			break
		}
		variable, pattern, _ = strings.Cut(variable, "}")
		rest, ok := strings.CutPrefix(path, literal)
		if strings.HasSuffix(variable, "...") {
			switch {
			case ok:
				return append(vars, rest), true
			case path == literal[:len(literal)-1]: // without the slash before the wildcard
				return append(vars, ""), true
			}
			return vars[:0], false
		}
		end := strings.IndexByte(rest, '/')
		if end < 0 {
			end = len(rest)
		}
		if !ok || end == 0 {
			return vars[:0], false
		}
		vars = append(vars, rest[:end])
		path = rest[end:]
	}
	if strings.TrimSuffix(path, "/") != strings.TrimSuffix(pattern, "/") {
		return vars[:0], false
	}
	return vars, true
}

// Canonical returns path, which must be one that the pattern matches, with or
// without its trailing slash as the pattern has it.
func (p Pattern) Canonical(path string) string {
	if _, wild := p.wildcard(); wild || path == "/" {
		return path
	}
	path = strings.TrimSuffix(path, "/")
	if strings.HasSuffix(string(p), "/") {
		return path + "/"
	}
	return path
}

// Covers reports whether p matches every path that q matches, so that no
// request reaches q after p.
func (p Pattern) Covers(q Pattern) bool {
	if p == "" {
		return false
	}
	mine, others := p.segments(), q.segments()
	for i, segment := range mine {
		if strings.HasSuffix(segment, wildcardEnd) {
			return true
		}
		if i == len(others) || strings.HasSuffix(others[i], wildcardEnd) {
			return false
		}
		if segment[0] != '{' && segment != others[i] {
			return false
		}
	}
	return len(mine) == len(others)
}
