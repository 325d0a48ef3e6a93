package resource

import (
	"errors"
	"strings"
	"testing"

	"larder/config"
	"larder/internal/uri"
)

// An accepted path is in its normal form and contains nothing that an origin
// could interpret differently.
func FuzzNormalisePath(f *testing.F) {
	for _, seed := range []string{"/", "", "/posts/tea/", "/a%2fb", "/%2e%2e/", "/%252e", "/crème", "/%00", "/a%", "//", "/a/./b", "/\x7f"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		normal, err := NormalisePath(raw)
		if err != nil {
			if !errors.Is(err, ErrPath) {
				t.Fatalf("the error is %v", err)
			}
			return
		}
		if again, err := NormalisePath(normal); err != nil || again != normal {
			t.Fatalf("%q becomes %q, and that %q, %v", raw, normal, again, err)
		}
		if normal[0] != '/' {
			t.Fatalf("%q becomes %q", raw, normal)
		}
		for i := range len(normal) {
			if c := normal[i]; c != '%' && !uri.InPath(c) {
				t.Fatalf("%q becomes %q", raw, normal)
			}
		}
		for segment := range strings.SplitSeq(Unescape(normal, false), "/") {
			if strings.ContainsFunc(segment, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Fatalf("%q becomes %q with a control character", raw, normal)
			}
		}
		for segment := range strings.SplitSeq(normal, "/") {
			if segment == "." || segment == ".." {
				t.Fatalf("%q becomes %q with a dot segment", raw, normal)
			}
		}
	})
}

// A normalised query contains listed parameters only, and normalising it again
// does not change it.
func FuzzNormaliseQuery(f *testing.F) {
	for _, seed := range []string{"", "a=1", "a=1&b=2&a=1", "a=%zz", "b=1", "%61=+", "a&&=&b", "c=%26a=3", "a=\x00\xff"} {
		f.Add(seed)
	}
	route := &config.Route{Query: []config.Parameter{{Name: "a"}, {Name: "b", Default: "1", HasDefault: true}, {Name: "c"}}}
	f.Fuzz(func(t *testing.T, raw string) {
		selected := selectListed(parseQuery(raw), route, "token")
		normal := encodeQuery(selected)
		for _, p := range selected {
			if _, ok := listing(route, p.name); !ok {
				t.Fatalf("%q becomes %q with the unlisted %q", raw, normal, p)
			}
		}
		parsed := parseQuery(normal)
		if len(parsed) != len(selected) {
			t.Fatalf("%q becomes %q, which has %d parameters, not %d", raw, normal, len(parsed), len(selected))
		}
		for i := range selected {
			if parsed[i] != selected[i] {
				t.Fatalf("%q becomes %q, where %q is %q", raw, normal, selected[i], parsed[i])
			}
		}
		if again := encodeQuery(selectListed(parsed, route, "token")); again != normal {
			t.Fatalf("%q becomes %q, and that %q", raw, normal, again)
		}
	})
}

// Any URI is split into path and query without an error.
func FuzzParseRequestURI(f *testing.F) {
	for _, seed := range []string{"https://e.example/a?b", "/a?b", "://", "a://b", "http://", "?", "/a/://b", "http://e?/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := ParseRequestURI(raw)
		if err != nil {
			t.Fatal(err)
		}
		path, query := Split(u)
		if path == "" || strings.Contains(path, "?") {
			t.Fatalf("%q has the path %q", raw, path)
		}
		if !strings.HasSuffix(raw, query) {
			t.Fatalf("%q has the query %q", raw, query)
		}
	})
}
