package httpcache

import (
	"slices"
	"testing"
)

func TestCacheGroups(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  []string
	}{
		{"none", nil, nil},
		{"strings without repetitions", []string{`Cache-Groups: "a b", "c";x=1, "a b"`, `Cache-Groups: "d"`}, []string{"a b", "c", "d"}},
		{"a token is not a string", []string{`Cache-Groups: "a", b`}, nil},
		{"an inner list is not a string", []string{`Cache-Groups: ("a")`}, nil},
		{"not a structured field", []string{`Cache-Groups: "a`}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := CacheGroups(fields(test.lines...)); !slices.Equal(got, test.want) {
				t.Errorf("groups are %q, not %q", got, test.want)
			}
		})
	}
	equal(t, "invalidated groups", len(CacheGroupInvalidation(fields(`Cache-Group-Invalidation: "a", "b"`))), 2)
}
