package httpcache

import (
	"slices"
	"testing"
)

func TestListElements(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  []string
	}{
		{"no lines", nil, nil},
		{"empty elements are left out", []string{", a,, b ,", "", "c"}, []string{"a", "b", "c"}},
		{"a comma in quotes does not separate", []string{`a="b, c", d`}, []string{`a="b, c"`, "d"}},
		{"an escaped quote does not end a string", []string{`"a\", b", c`}, []string{`"a\", b"`, "c"}},
		{"an open quote extends to the end of its line", []string{`"a, b`, "c"}, []string{`"a, b`, "c"}},
		{"a backslash at the end", []string{`"a\`}, []string{`"a\`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := slices.Collect(listElements(test.lines)); !slices.Equal(got, test.want) {
				t.Errorf("elements are %q, not %q", got, test.want)
			}
		})
	}
}

func TestUnquote(t *testing.T) {
	tests := []struct {
		name, in, want string
		ok             bool
	}{
		{"a token", `a`, "", false},
		{"a string", `"a b"`, "a b", true},
		{"an empty string", `""`, "", true},
		{"escapes", `"a\"\\b"`, `a"\b`, true},
		{"half a string", `"a`, "", false},
		{"an escaped end", `"a\"`, "", false},
		{"two strings", `"a""b"`, "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := unquote(test.in)
			equal(t, "content", got, test.want)
			equal(t, "ok", ok, test.ok)
		})
	}
}
