package resource

import (
	"errors"
	"testing"
)

func TestNormalisePath(t *testing.T) {
	tests := []struct{ name, raw, want string }{
		{"a usual path stays unchanged", "/v2/posts/tea/", "/v2/posts/tea/"},
		{"an empty path is the root", "", "/"},
		{"characters allowed in a path stay", "/a-._~!$&'()*+,;=:@b", "/a-._~!$&'()*+,;=:@b"},
		{"unreserved characters are decoded", "/%61%2D%7e", "/a-~"},
		{"digits of encodings become upper case", "/%c3%a8", "/%C3%A8"},
		{"an encoded percent sign stays encoded", "/%25zz", "/%25zz"},
		{"an encoded question mark stays encoded", "/a%3fb", "/a%3Fb"},
		{"an encoded space stays encoded", "/a%20b", "/a%20b"},
		{"an unencoded space is encoded", "/a b", "/a%20b"},
		{"unencoded letters of other scripts are encoded", "/crème", "/cr%C3%A8me"},
		{"bytes that are not UTF-8 are encoded", "/\xff", "/%FF"},
		{"quotes and brackets are encoded", `/"<>[]^{|}` + "`", "/%22%3C%3E%5B%5D%5E%7B%7C%7D%60"},
		{"empty segments stay", "//a///b", "//a///b"},
		{"dots inside a segment stay", "/a..b/.well-known/..c", "/a..b/.well-known/..c"},
		{"a double encoding of a letter stays", "/100%2561", "/100%2561"},
		{"parameters stay", "/tea;x=1/;y", "/tea;x=1/;y"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := NormalisePath(test.raw)
			if err != nil || got != test.want {
				t.Errorf("%q becomes %q, %v; want %q", test.raw, got, err, test.want)
			}
		})
	}
}

func TestPathsThatAreRefused(t *testing.T) {
	for name, raw := range map[string]string{
		"no leading slash":                   "a/b",
		"an asterisk":                        "*",
		"a dot segment":                      "/a/../b",
		"a dot segment at the end":           "/a/..",
		"a single dot":                       "/./a",
		"encoded dots":                       "/a/%2e%2E/b",
		"a dot segment with one encoded dot": "/a/.%2e",
		"an encoded single dot":              "/%2e",
		"an invalid encoding":                "/%zz",
		"an encoding with one digit":         "/a%4",
		"a percent sign at the end":          "/a%",
		"NUL":                                "/a\x00",
		"an encoded NUL":                     "/a%00",
		"an encoded line break":              "/a%0a",
		"a tab":                              "/a\tb",
		"an encoded DEL":                     "/%7f",
		"an encoded slash":                   "/a%2fb",
		"an encoded backslash":               "/a%5Cb",
		"a backslash":                        `/a\b`,
		"dots behind an encoded slash":       "/a/..%2F..%2Fadmin",
		"dots before parameters":             "/a/..;x=1/b",
		"a dot before parameters":            "/a/.;/b",
		"a slash encoded twice":              "/a%252fb",
		"a slash encoded three times":        "/a%25252Fb",
		"dots encoded twice":                 "/%252e%252e/a",
		"a backslash encoded twice":          "/a%255cb",
		"a segment that ends with a dot":     "/tea./",
		"a segment of dots":                  "/...",
		"an encoded dot at the end":          "/tea%2E",
		"a dot before a parameter":           "/tea.;x",
		"a dot after a parameter":            "/tea;x.",
		"a space at the end":                 "/tea%20",
		"a space at the end of a segment":    "/tea /b",
		"a space at the beginning":           "/%20tea",
		"a space before a parameter":         "/tea%20;x",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := NormalisePath(raw)
			if !errors.Is(err, ErrPath) || got != "" {
				t.Errorf("%q becomes %q, %v", raw, got, err)
			}
		})
	}
}
