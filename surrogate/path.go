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

// The names in an item rule's path that stand for no member of that name.
const (
	anyMember  = "*"
	anyDepth   = "**"
	anyElement = "#"
)

// steps splits the rule's path into names.
func (r ItemRule) steps() []string {
	if r.Each == "" {
		return nil
	}
	return SplitPath(r.Each)
}

// Stars reports whether the rule's path has a "*", whose member {@key} names.
func (r ItemRule) Stars() bool { return slices.Contains(r.steps(), anyMember) }

// NamesKey reports whether {@key} names one member for each item. It does not if
// there is no "*", or if the last one has a "**" on both sides and could be any
// member on the way to the item.
func (r ItemRule) NamesKey() bool { return r.star().kind != literal }

// star returns which of the member names on the way to an item the last "*" of the
// rule's path stands for. Arrays on the way have no names.
func (r ItemRule) star() piece {
	steps := r.steps()
	last := len(steps) - 1
	for last >= 0 && steps[last] != anyMember {
		last--
	}
	if last < 0 {
		return piece{}
	}
	before, after := steps[:last], steps[last+1:]
	switch {
	case !slices.Contains(after, anyDepth):
		return piece{kind: nameFromItem, at: members(after)}
	case !slices.Contains(before, anyDepth):
		return piece{kind: nameFromBody, at: members(before)}
	}
	return piece{}
}

// members counts the steps that are members.
func members(steps []string) int {
	count := 0
	for _, name := range steps {
		if name != anyElement {
			count++
		}
	}
	return count
}
