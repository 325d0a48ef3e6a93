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
			if u.Scheme != "" && u.Scheme != "HTTP" && u.Scheme != "HTTPS" {
				t.Errorf("the scheme is %s", u.Scheme)
			}
			if u.Host != test.host || path != test.path || query != test.query {
				t.Errorf("it is %q, %q, %q", u.Host, path, query)
			}
		})
	}
}

func TestOperationsAreRecognisedInEverySpelling(t *testing.T) {
	for _, raw := range []string{
		"/_larder/purge", "/_larder/purge/", "/_larder/", "/_larder", "/_LARDER/purge", "/_Larder/purge",
		"//_larder/purge", "///_larder//purge", "/%5Flarder/purge", "/%5flarder/purge", "/_l%61rder/purge", "/%5F%4C%41%52%44%45%52/purge",
		"/_larder%2Fpurge", "/_larder%2fpurge", "/%2F_larder/purge", "/%2f%5flarder%2fpurge",
		`/\_larder/purge`, `/_larder\purge`, "/%5C_larder%5Cpurge", "/%5c%5Flarder/purge",
		"/_larder;x/purge", "/_larder%20/purge", "/_larder./purge", "/_larders/purge",
		"/v2/_larder/purge", "/a_b/_LARDER/purge", "/_/_larder/", "/v2/..;/_larder/purge", "/_larder_larder",
	} {
		// A path that is refused reaches no origin either.
		if path, err := NormalisePath(raw); err == nil && !IsOperation(path) {
			t.Errorf("%s, %s, is not", raw, path)
		}
	}
	for _, path := range []string{"/%2F_larder/purge", "/_larder%2Fpurge", "/%5C_larder/purge", "/a%2F_LARDER"} {
		if !IsOperation(path) {
			t.Errorf("%s is not", path)
		}
	}
}

func TestContentIsNoOperation(t *testing.T) {
	for _, raw := range []string{
		"/", "/larder/purge", "/my_larder/purge", "/my%5Flarder/", "/_larde", "/_larde/r", "/posts/_/larder/", "/_/larder", "/-_larder/", "/__larder/",
		"/posts/a_larder", "/_lard", "/_",
	} {
		if path, err := NormalisePath(raw); err != nil || IsOperation(path) {
			t.Errorf("%s is one, or refused: %v", raw, err)
		}
	}
}
