package surrogate

import (
	"slices"
	"strings"
)

// SplitPath splits a JSON path at its dots into member names. A backslash takes
// the special meaning from the character after it; it stays in the name until
// [MemberName].
func SplitPath(path string) []string {
	var names []string
	start := 0
	for i := 0; i < len(path); i++ {
		switch path[i] {
		case '\\':
			i++
		case '.':
			names, start = append(names, path[start:i]), i+1
		}
	}
	return append(names, path[start:])
}

// MemberName is the member that a name of a path stands for, and whether every
// backslash in it has a character to escape.
func MemberName(name string) (member string, ok bool) {
	if !strings.Contains(name, `\`) {
		return name, true
	}
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] == '\\' {
			if i++; i == len(name) {
				return b.String(), false
			}
		}
		b.WriteByte(name[i])
	}
	return b.String(), true
}

// The names in an item rule's path that stand for no member.
const (
	anyMember  = "*"
	anyElement = "#"
)

// Stars reports whether the rule's path has a "*", whose member {@key} names.
func (r ItemRule) Stars() bool { return slices.Contains(SplitPath(r.Each), anyMember) }
