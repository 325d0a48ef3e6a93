package resource

import (
	"net/http"
	"slices"
	"testing"
)

func TestListed(t *testing.T) {
	tests := []struct {
		name, field string
		lines, want []string
	}{
		{"an absent field", "Accept-Language", nil, nil},
		{"one language", "Accept-Language", []string{"de"}, []string{"de"}},
		{"whitespace around commas of a preference", "Accept", []string{"a/b\t,c/d;q=0.5 , e/f"}, []string{"a/b, c/d;q=0.5, e/f"}},
		{"several lines of a preference", "Accept-Language", []string{"de,en", "fr"}, []string{"de, en, fr"}},
		{"the order of preferences stays", "Accept-Language", []string{"en, de"}, []string{"en, de"}},
		{"a preference with quotes stays unchanged", "Accept", []string{`a/b;p="c,d"`, "e/f"}, []string{`a/b;p="c,d"`, "e/f"}},
		{"any other field stays unchanged", "X-Filter", []string{"a ,b", "c"}, []string{"a ,b", "c"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Listed(http.Header{test.field: test.lines}, test.field); !slices.Equal(got, test.want) {
				t.Errorf("it is %q, not %q", got, test.want)
			}
		})
	}
}
