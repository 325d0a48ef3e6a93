package config

import (
	"regexp"
	"slices"
	"strings"

	"larder/surrogate"
)

// A path into a body is member names joined by dots (surrogate.SplitPath). The
// notations of other languages, such as JSONPath, JSON Pointer and jq, match
// nothing here. They are mistakes, and the message says what to write instead.

// each checks the path of an item rule.
func (c *checker) each(rule surrogate.ItemRule, at *jsonPath) {
	err := rule.Check()
	meant, known := translate(rule.Each, true)
	switch {
	case !foreign(rule.Each, true) && err != nil:
		c.fail(at, "%v", err)
	case !foreign(rule.Each, true):
	case known:
		c.fail(at, `want %s: member names joined by dots, and no step for the elements of an array; got %s`, quote(meant), quote(rule.Each))
	default:
		c.fail(at, `want a path of member names, %s; got %s`, noPatterns, quote(rule.Each))
	}
}

const noPatterns = "without patterns and searches and with a backslash before each of [ ] / * ? # | that is a part of a name"

// itemPath checks a variable that is a path into the item.
func (c *checker) itemPath(path string, at *jsonPath) {
	if foreign(path, false) {
		if meant, known := translate(path, false); known {
			c.fail(at, `want {%s}: member names and numbers of elements joined by dots; got {%s}`, meant, path)
		} else {
			c.fail(at, `want a path of member names, %s; got {%s}`, noPatterns, path)
		}
		return
	}
	for _, name := range surrogate.SplitPath(path) {
		_, complete := surrogate.MemberName(name)
		switch {
		case name == "" || !complete:
			c.fail(at, "want a path of member names joined by dots; got {%s}", path)
		case isStars(name):
			c.fail(at, `want a path of member names, as a %s goes into "each"; got {%s}`, quote(name), path)
		}
	}
}

// foreign reports whether a path is written in another language: it has special
// characters without a backslash, other than the steps that stand for members and
// elements in a path to items, or such a path has an empty name.
func foreign(path string, toItems bool) bool {
	if path == "" {
		return false
	}
	return path[0] == '$' || slices.ContainsFunc(surrogate.SplitPath(path), func(name string) bool {
		if isStars(name) || toItems && name == "#" {
			return false
		}
		return toItems && name == "" || hasSpecial(name)
	})
}

func isStars(name string) bool { return name == "*" || name == "**" }

// hasSpecial reports whether a name has a special character without a backslash
// before it.
func hasSpecial(name string) bool {
	for i := 0; i < len(name); i++ {
		switch name[i] {
		case '\\':
			i++
		case '[', ']', '/', '*', '?', '#', '|':
			return true
		}
	}
	return false
}

// translate returns what a foreign path probably means. known says that this is a
// path.
func translate(path string, toItems bool) (meant string, known bool) {
	replace := func(pattern, by string) {
		path = regexp.MustCompile(pattern).ReplaceAllString(path, by)
	}
	replace(`^\$(\w)`, `\$$$1`) // a name that begins with a dollar
	replace(`^\$`, ``)
	if strings.HasPrefix(path, "/") || !strings.ContainsAny(path, `.[\`) {
		path = strings.ReplaceAll(path, "/", ".") // JSON Pointer
	}
	path = regexp.MustCompile(`\[('[^']+'|"[^"]+")\]`).ReplaceAllStringFunc(path, func(quoted string) string {
		return "." + regexp.MustCompile(`[.\\\[\]/*?#|]`).ReplaceAllString(quoted[2:len(quoted)-2], `\$0`)
	})
	if toItems {
		replace(`\[(\d*|\*)\]`, ``)
		replace(`(^|\.)\d+(\.|$)`, `$2`)
		replace(`\.\.+`, `.**.`)
	}
	replace(`\[(\d+)\]`, `.$1`)
	path = strings.Trim(path, ".")
	return path, !foreign(path, toItems) && (toItems || path != "")
}
