package httpcache

import (
	"net/url"
	"slices"
	"testing"
)

func TestInvalidates(t *testing.T) {
	tests := []struct {
		method string
		status int
		want   bool
	}{
		{"POST", 200, true}, {"PUT", 204, true}, {"DELETE", 303, true}, {"PATCH", 200, true},
		{"M-SEARCH", 200, true}, {"get", 200, true},
		{"POST", 500, false}, {"POST", 404, false}, {"POST", 103, false},
		{"GET", 200, false}, {"HEAD", 200, false}, {"OPTIONS", 200, false}, {"QUERY", 200, false}, {"PROPFIND", 207, false},
	}
	for _, test := range tests {
		equal(t, test.method, Invalidates(test.method, test.status), test.want)
	}
}

func TestInvalidationTargets(t *testing.T) {
	target, err := url.Parse("https://api.example/a/b?q=1#part")
	if err != nil {
		t.Fatal(err)
	}
	const self = "https://api.example/a/b?q=1"
	tests := []struct {
		name   string
		status int
		lines  []string
		want   []string
	}{
		{"the target", 201, nil, []string{self}},
		{"a relative Location", 201, []string{"Location: c"}, []string{self, "https://api.example/a/c"}},
		{"both fields", 201, []string{"Location: /c", "Content-Location: https://api.example:443/d#x"}, []string{self, "https://api.example/c", "https://api.example:443/d"}},
		{"the same URL twice", 201, []string{"Location: /c", "Content-Location: /c"}, []string{self, "https://api.example/c"}},
		{"another host", 201, []string{"Location: https://other.example/c"}, []string{self}},
		{"another scheme", 201, []string{"Location: http://api.example/c"}, []string{self}},
		{"another port", 201, []string{"Location: https://api.example:8443/c"}, []string{self}},
		{"a redirection", 302, []string{"Location: /c", "Content-Location: /d"}, []string{self}},
		{"a redirection with 303", 303, []string{"Location: /c"}, []string{self}},
		{"an invalid URL", 201, []string{"Location: https://[/"}, []string{self}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, u := range InvalidationTargets(target, test.status, fields(test.lines...)) {
				got = append(got, u.String())
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("targets are %v, not %v", got, test.want)
			}
		})
	}
	equal(t, "the target's fragment", target.Fragment, "part")
}
