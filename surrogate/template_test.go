package surrogate

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestParseTemplateRefuses(t *testing.T) {
	tests := []struct{ name, text, reason string }{
		{"an empty template", "", "it is empty"},
		{"a brace that is not closed", "post:{slug", "opens a brace that is not closed"},
		{"a brace at the end", "post:{", "opens a brace that is not closed"},
		{"a nested brace", "post:{a{b}}", "opens a brace that is not closed"},
		{"a brace that was not opened", "post:slug}", "closes a brace that was not opened"},
		{"a brace closed twice", "post:{slug}}", "closes a brace that was not opened"},
		{"a variable without a name", "post:{}", "has a variable without a name"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseTemplate(test.text)
			if !errors.Is(err, ErrTemplate) {
				t.Fatalf("error is %v, not %v", err, ErrTemplate)
			}
			if !strings.Contains(err.Error(), test.reason) {
				t.Errorf("error is %q, without %q", err, test.reason)
			}
			if got != "" || got.Variables() != nil {
				t.Errorf("it returns the template %q as well", got)
			}
		})
	}
}

func TestTemplateExpands(t *testing.T) {
	values := map[string]string{"slug": "tea", "page_type": "landing", "data.slug": "home", "empty": ""}
	tests := []struct {
		name, text string
		variables  []string
		want       string // empty: no key
	}{
		{"a literal alone", "posts", nil, "posts"},
		{"a variable alone", "{slug}", []string{"slug"}, "tea"},
		{"a variable at the end", "post:{slug}", []string{"slug"}, "post:tea"},
		{"a variable at the beginning", "{slug}/comments", []string{"slug"}, "tea/comments"},
		{"variables side by side", "{page_type}{slug}", []string{"page_type", "slug"}, "landingtea"},
		{"a path as a variable", "page:{page_type}/{data.slug}", []string{"page_type", "data.slug"}, "page:landing/home"},
		{"a variable twice is listed once", "{slug}-{slug}", []string{"slug"}, "tea-tea"},
		{"a variable without a value makes no key", "post:{unknown}", []string{"unknown"}, ""},
		{"a variable with an empty value makes no key", "post:{empty}", []string{"empty"}, ""},
		{"a missing value among others makes no key", "page:{page_type}/{unknown}", []string{"page_type", "unknown"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			template, err := ParseTemplate(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(template); got != test.text {
				t.Errorf("it reads %q, not %q", got, test.text)
			}
			if got := template.Variables(); !slices.Equal(got, test.variables) {
				t.Errorf("its variables are %q, not %q", got, test.variables)
			}
			got, ok := template.Expand(func(variable string) (string, bool) {
				v, ok := values[variable]
				return v, ok
			})
			if got != test.want || ok != (test.want != "") {
				t.Errorf("it expands to %q, %v; want %q", got, ok, test.want)
			}
		})
	}
}

func TestTheZeroTemplateMakesNoKey(t *testing.T) {
	got, ok := Template("").Expand(func(string) (string, bool) { return "x", true })
	if ok || got != "" {
		t.Errorf("it makes %q, %v", got, ok)
	}
}

// template parses a template or fails the test.
func template(t testing.TB, text string) Template {
	t.Helper()
	parsed, err := ParseTemplate(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}
