package resource

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestListed(t *testing.T) {
	tests := []struct {
		name, field string
		lines, want []string
	}{
		{"an absent field", "Accept-Language", nil, nil},
		{"one language", "Accept-Language", []string{"de"}, []string{"de"}},
		{"white space around commas of a preference", "Accept", []string{"a/b\t,c/d;q=0.5 , e/f"}, []string{"a/b, c/d;q=0.5, e/f"}},
		{"several lines of a preference", "Accept-Language", []string{"de,en", "fr"}, []string{"de, en, fr"}},
		{"the order of a preference stays", "Accept-Language", []string{"en, de"}, []string{"en, de"}},
		{"quotes keep a preference as it is", "Accept", []string{`a/b;p="c,d"`, "e/f"}, []string{`a/b;p="c,d"`, "e/f"}},
		{"any other field stays as it is", "X-Filter", []string{"a ,b", "c"}, []string{"a ,b", "c"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Listed(http.Header{test.field: test.lines}, test.field); !slices.Equal(got, test.want) {
				t.Errorf("it is %q, not %q", got, test.want)
			}
		})
	}
}

// No two requests that the origin could tell apart by a listed header have the
// same key.
func TestAKeyForEachListedHeader(t *testing.T) {
	cfg := parsed(t)
	line := rapid.OneOf(rapid.StringMatching(`[ab,:1\t "]{0,6}`), rapid.StringMatching(`[a-z]{0,3}(:[0-9]:[a-z])?`))
	lines := rapid.SliceOfN(line, 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		made := func(name string) (key []byte, sent []string) {
			var header []string
			for _, value := range lines.Draw(t, name) {
				header = append(header, "Accept-Language: "+value)
				sent = append(sent, value)
			}
			sent = Listed(http.Header{"Accept-Language": sent}, "Accept-Language")
			return resourceOf(t, cfg, "/posts/tea/", header...).Key, sent
		}
		key, sent := made("one")
		other, otherSent := made("other")
		if bytes.Equal(key, other) != slices.Equal(sent, otherSent) {
			t.Fatalf("%q and %q have the keys %q and %q", sent, otherSent, key, other)
		}
	})
}

// Keys with a tab behind the name are those of an earlier form, in which other
// lines could look the same; entries outlive a deployment.
func TestNoKeyWithAHeaderIsOneOfTheEarlierForm(t *testing.T) {
	key := string(resourceOf(t, parsed(t), "/posts/tea/", "Accept-Language: a\tb").Key)
	if !strings.HasSuffix(key, "\nAccept-Language:3:a\tb") {
		t.Errorf("the key is %q", key)
	}
}
