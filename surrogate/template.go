package surrogate

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrTemplate is wrapped by every error of [ParseTemplate].
var ErrTemplate = errors.New("malformed key template")

// Template is a surrogate key with variables in braces, such as
// "post:{slug}" or "page:{page_type}/{data.slug}". Text becomes one through
// [ParseTemplate], which other methods rely on. The zero value makes no key.
//
// It is a string, so that a configuration can be a literal in the program that
// costs nothing to read when a sandbox starts.
type Template string

// ParseTemplate checks a template. A brace that is not closed, an empty
// variable, a nested brace and an empty template are errors that wrap
// [ErrTemplate] and name the offending place.
func ParseTemplate(text string) (Template, error) {
	if text == "" {
		return "", fmt.Errorf("%w: it is empty", ErrTemplate)
	}
	for rest := text; ; {
		open := strings.IndexAny(rest, "{}")
		if open < 0 {
			return Template(text), nil
		}
		if rest[open] == '}' {
			return "", fmt.Errorf("%w: %q closes a brace that was not opened", ErrTemplate, text)
		}
		rest = rest[open+1:]
		end := strings.IndexAny(rest, "{}")
		if end < 0 || rest[end] == '{' {
			return "", fmt.Errorf("%w: %q opens a brace that is not closed", ErrTemplate, text)
		}
		if end == 0 {
			return "", fmt.Errorf("%w: %q has a variable without a name", ErrTemplate, text)
		}
		rest = rest[end+1:]
	}
}

// Variables lists the variables in the order of their first use.
func (t Template) Variables() []string {
	var names []string
	for rest := t; rest != ""; {
		var name string
		if _, name, rest = rest.cut(); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Expand fills the variables in. It reports false, and no key, when a
// variable has no value or an empty one: no purge names half a key. The
// key still has to go through [Escape].
func (t Template) Expand(value func(variable string) (string, bool)) (string, bool) {
	var b strings.Builder
	for rest := t; rest != ""; {
		var literal, variable string
		literal, variable, rest = rest.cut()
		b.WriteString(literal)
		if variable == "" {
			continue
		}
		v, ok := value(variable)
		if !ok || v == "" {
			return "", false
		}
		b.WriteString(v)
	}
	return b.String(), t != ""
}

// cut returns the text before the first variable, the variable's name, and
// what follows. Without a variable all of the template is literal.
func (t Template) cut() (literal, variable string, rest Template) {
	before, after, found := strings.Cut(string(t), "{")
	if !found {
		return before, "", ""
	}
	variable, remainder, _ := strings.Cut(after, "}")
	return before, variable, Template(remainder)
}
