package uri

import (
	"strings"
	"testing"
)

func TestNormalisePath(t *testing.T) {
	tests := []struct {
		name, raw, want string
		err             error
	}{
		{"an empty path", "", "", nil},
		{"a usual path", "/v2/posts/tea/", "/v2/posts/tea/", nil},
		{"a segment", "posts", "posts", nil},
		{"unreserved characters are decoded", "/%61%2D%7e", "/a-~", nil},
		{"reserved characters stay encoded", "/%2f%3F%40", "/%2F%3F%40", nil},
		{"other characters are encoded", "/a b\xff", "/a%20b%FF", nil},
		{"dot segments are not resolved", "/a/%2e%2e/", "/a/../", nil},
		{"one digit", "/%4", "", ErrEncoding},
		{"no digits", "/%zz", "", ErrEncoding},
		{"a percent sign at the end", "/%", "", ErrEncoding},
		{"a control character", "/\n", "", ErrControl},
		{"an encoded control character", "/%7F", "", ErrControl},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, err := NormalisePath(test.raw); got != test.want || err != test.err {
				t.Errorf("NormalisePath(%q) is %q, %v; want %q, %v", test.raw, got, err, test.want, test.err)
			}
		})
	}
}

func TestEveryByteSurvivesEncodingAndDecoding(t *testing.T) {
	for c := range 256 {
		var b strings.Builder
		Encode(&b, byte(c))
		if got, ok := Decode("x"+b.String(), 1); !ok || got != byte(c) {
			t.Errorf("%#x is encoded as %q and decoded as %#x, %v", c, b.String(), got, ok)
		}
	}
}
