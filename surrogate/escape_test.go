package surrogate

import (
	"testing"

	"pgregory.net/rapid"
)

func TestEscape(t *testing.T) {
	tests := []struct{ name, key, want string }{
		{"printable ASCII stays", "post:hello-world_1.2~!", "post:hello-world_1.2~!"},
		{"a space is encoded", "post:a b", "post:a%20b"},
		{"a tab is encoded", "post:a\tb", "post:a%09b"},
		{"DEL is encoded", "post:\x7f", "post:%7F"},
		{"NUL is encoded", "post:\x00", "post:%00"},
		{"é is encoded byte by byte", "post:crème", "post:cr%C3%A8me"},
		{"a script without ASCII is encoded", "post:寿司", "post:%E5%AF%BF%E5%8F%B8"},
		{"an emoji is encoded", "post:🍜", "post:%F0%9F%8D%9C"},
		{"bytes that are not UTF-8 are encoded", "post:\xff\xfe", "post:%FF%FE"},
		{"an encoding stays unchanged", "post:cr%C3%A8me", "post:cr%C3%A8me"},
		{"lower-case digits of an encoding become upper case", "post:cr%c3%a8me", "post:cr%C3%A8me"},
		{"an encoding in mixed case becomes upper case", "%aB%Cd", "%AB%CD"},
		{"a percent sign that encodes nothing stays", "100%", "100%"},
		{"a percent sign with one digit stays", "a%2", "a%2"},
		{"a percent sign before other letters stays", "a%zz", "a%zz"},
		{"nothing stays nothing", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Escape(test.key); got != test.want {
				t.Errorf("Escape(%q) is %q, not %q", test.key, got, test.want)
			}
		})
	}
}

func TestEscapingTwiceIsTheSameAsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := anyKey(t)
		once := Escape(key)
		for i := range len(once) {
			if !graphic(once[i]) {
				t.Fatalf("Escape(%q) has the byte %#x", key, once[i])
			}
		}
		if twice := Escape(once); twice != once {
			t.Fatalf("Escape(%q) is %q, and escaped again %q", key, once, twice)
		}
	})
}

// anyKey draws a key as origins and editors may write it, including encodings
// and malformed text.
func anyKey(t *rapid.T) string {
	return rapid.OneOf(
		rapid.StringMatching(`[a-z]{1,10}:[a-z0-9-]{1,20}`),
		rapid.StringMatching(`(%[0-9a-fA-F]{0,2}|[a-z ]){0,20}`),
		rapid.String(),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 60), func(b []byte) string { return string(b) }),
	).Draw(t, "key")
}
