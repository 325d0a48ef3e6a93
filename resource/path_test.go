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
		{"an encoded slash stays encoded", "/a%2fb", "/a%2Fb"},
		{"an encoded percent sign stays encoded", "/%25zz", "/%25zz"},
		{"a double encoding stays", "/%252e%252e/a", "/%252e%252e/a"},
		{"an encoded question mark stays encoded", "/a%3fb", "/a%3Fb"},
		{"an encoded space stays encoded", "/a%20b", "/a%20b"},
		{"an unencoded space is encoded", "/a b", "/a%20b"},
		{"unencoded letters of other scripts are encoded", "/crème", "/cr%C3%A8me"},
		{"bytes that are not UTF-8 are encoded", "/\xff", "/%FF"},
		{"quotes and brackets are encoded", `/"<>[]\^{|}` + "`", "/%22%3C%3E%5B%5D%5C%5E%7B%7C%7D%60"},
		{"empty segments stay", "//a///b", "//a///b"},
		{"dots inside a segment stay", "/a..b/...", "/a..b/..."},
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
	} {
		t.Run(name, func(t *testing.T) {
			got, err := NormalisePath(raw)
			if !errors.Is(err, ErrPath) || got != "" {
				t.Errorf("%q becomes %q, %v", raw, got, err)
			}
		})
	}
}
