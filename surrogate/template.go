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
// "post:{slug}" or "page:{page_type}/{data.slug}". It is immutable, and its
// zero value makes no key.
type Template struct {
	text  string
	parts []part
}

// part is either a literal or the name of a variable.
type part struct {
	literal  string
	variable string
}

// ParseTemplate reads a template. A brace that is not closed, an empty
// variable, a nested brace and an empty template are errors that wrap
// [ErrTemplate] and name the offending place.
func ParseTemplate(text string) (Template, error) {
	if text == "" {
		return Template{}, fmt.Errorf("%w: it is empty", ErrTemplate)
	}
	t := Template{text: text}
	for rest := text; rest != ""; {
		open := strings.IndexAny(rest, "{}")
		if open < 0 {
			t.parts = append(t.parts, part{literal: rest})
			break
		}
		if rest[open] == '}' {
			return Template{}, fmt.Errorf("%w: %q closes a brace that was not opened", ErrTemplate, text)
		}
		if open > 0 {
			t.parts = append(t.parts, part{literal: rest[:open]})
		}
		rest = rest[open+1:]
		end := strings.IndexAny(rest, "{}")
		if end < 0 || rest[end] == '{' {
			return Template{}, fmt.Errorf("%w: %q opens a brace that is not closed", ErrTemplate, text)
		}
		if end == 0 {
			return Template{}, fmt.Errorf("%w: %q has a variable without a name", ErrTemplate, text)
		}
		t.parts = append(t.parts, part{variable: rest[:end]})
		rest = rest[end+1:]
	}
	return t, nil
}

// String returns the template as it was written.
func (t Template) String() string { return t.text }

// Variables lists the variables in the order of their first use.
func (t Template) Variables() []string {
	var names []string
	for _, p := range t.parts {
		if p.variable != "" && !slices.Contains(names, p.variable) {
			names = append(names, p.variable)
		}
	}
	return names
}

// Expand fills the variables in. It reports false, and no key, when a
// variable has no value or an empty one: half a key would tag nothing that
// anybody purges. The key still has to go through [Escape].
func (t Template) Expand(value func(variable string) (string, bool)) (string, bool) {
	if len(t.parts) == 0 {
		return "", false
	}
	var b strings.Builder
	for _, p := range t.parts {
		if p.variable == "" {
			b.WriteString(p.literal)
			continue
		}
		v, ok := value(p.variable)
		if !ok || v == "" {
			return "", false
		}
		b.WriteString(v)
	}
	return b.String(), true
}
