package surrogate

import (
	"slices"
	"testing"
)

func TestKeysOfHeaders(t *testing.T) {
	tests := []struct {
		name          string
		values        []string
		space, commas []string // the results of SpaceSeparated and CommaSeparated
	}{
		{"nothing", nil, nil, nil},
		{"one key", []string{"a"}, []string{"a"}, []string{"a"}},
		{"several lines are one list", []string{"a", "b"}, []string{"a", "b"}, []string{"a", "b"}},
		{"separators only", []string{" , ,\t", ""}, nil, nil},
		{"spaces", []string{" a b  c"}, []string{"a", "b", "c"}, []string{"a b  c", "a", "b", "c"}},
		{"a tab", []string{"a\tb"}, []string{"a", "b"}, []string{"a\tb", "a", "b"}},
		{"commas", []string{"product,1"}, []string{"product,1", "product", "1"}, []string{"product", "1"}},
		{"commas and spaces", []string{"a, my tag ,b"},
			[]string{"a", "my", "tag", "b"}, []string{"a", "my tag", "my", "tag", "b"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := SpaceSeparated(test.values); !slices.Equal(got, test.space) {
				t.Errorf("space-separated: the keys are %q, not %q", got, test.space)
			}
			if got := CommaSeparated(test.values); !slices.Equal(got, test.commas) {
				t.Errorf("comma-separated: the keys are %q, not %q", got, test.commas)
			}
		})
	}
}
