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
		name  string
		lines []string
		want  []string
	}{
		{"the target", nil, []string{self}},
		{"a relative Location", []string{"Location: c"}, []string{self, "https://api.example/a/c"}},
		{"both", []string{"Location: /c", "Content-Location: https://api.example:443/d#x"}, []string{self, "https://api.example/c", "https://api.example:443/d"}},
		{"the same twice", []string{"Location: /c", "Content-Location: /c"}, []string{self, "https://api.example/c"}},
		{"another host", []string{"Location: https://other.example/c"}, []string{self}},
		{"another scheme", []string{"Location: http://api.example/c"}, []string{self}},
		{"another port", []string{"Location: https://api.example:8443/c"}, []string{self}},
		{"no URL", []string{"Location: https://[/"}, []string{self}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, u := range InvalidationTargets(target, fields(test.lines...)) {
				got = append(got, u.String())
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("targets are %v, not %v", got, test.want)
			}
		})
	}
	equal(t, "the target's fragment", target.Fragment, "part")
}

func TestEndToEnd(t *testing.T) {
	h := fields("Connection: x-a, close", "Connection: X-B", "X-A: 1", "X-B: 1", "X-C: 1", "TE: trailers", "Authorization: 1")
	EndToEnd(h)
	equal(t, "number of fields", len(h), 2)
	equal(t, "X-C", h.Get("X-C"), "1")
	equal(t, "Authorization", h.Get("Authorization"), "1")
	h = fields("Connection: cdn-loop", "CDN-Loop: other")
	EndToEnd(h)
	equal(t, "CDN-Loop", h.Get("Cdn-Loop"), "other")
}

func TestCacheGroups(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  []string
	}{
		{"none", nil, nil},
		{"strings, once", []string{`Cache-Groups: "a b", "c";x=1, "a b"`, `Cache-Groups: "d"`}, []string{"a b", "c", "d"}},
		{"a token is no string", []string{`Cache-Groups: "a", b`}, nil},
		{"an inner list is no string", []string{`Cache-Groups: ("a")`}, nil},
		{"no structured field", []string{`Cache-Groups: "a`}, nil},
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
