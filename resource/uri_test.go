package resource

import "testing"

func TestParseRequestURI(t *testing.T) {
	tests := []struct{ name, uri, host, path, query string }{
		{"a usual URI", "https://edge.example/a/b?c=d", "edge.example", "/a/b", "c=d"},
		{"without a path", "https://edge.example", "edge.example", "/", ""},
		{"a query without a path", "https://edge.example?a", "edge.example", "/", "a"},
		{"an invalid encoding stays", "http://e/%zz?%zz", "e", "/%zz", "%zz"},
		{"a second question mark stays", "http://e/a?b?c", "e", "/a", "b?c"},
		{"a path only", "/a?b", "", "/a", "b"},
		{"a URL in the query", "/a?b=http://c/d", "", "/a", "b=http://c/d"},
		{"a URL in the path", "/a/http://c/d", "", "/a/http://c/d", ""},
		{"an empty URI", "", "", "/", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u, err := ParseRequestURI(test.uri)
			if err != nil {
				t.Fatal(err)
			}
			path, query := Split(u)
			if u.Host != test.host || path != test.path || query != test.query {
				t.Errorf("it is %q, %q, %q", u.Host, path, query)
			}
		})
	}
}
