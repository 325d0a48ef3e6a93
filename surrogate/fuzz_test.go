package surrogate

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// Keys never panics, refuses a body exactly if it is not JSON, and
// returns keys that fit into a set.
func FuzzRulesKeys(f *testing.F) {
	for _, seed := range []string{
		`{"data":[{"slug":"a","author":{"slug":"b"}}]}`, `[[{"slug":1e5}]]`, `{"data":{"a":{"meta":{"id":1}}}}`,
		`{"d\u0061ta":null}`, `{"data":`, `"\ud83c"`, `{"data":{"slug":"\u0000 %2"}}`, "\xef\xbb\xbf{}",
	} {
		f.Add([]byte(seed))
	}
	all := []Rules{
		postRules(f), pageRules(f), contentRules(f),
		rulesOf(f, ": {slug} {@value} {author.slug} {tags.#.slug} {@key}"), rulesOf(f, "*.*: {@key}/{@value}"),
		rulesOf(f, "**: {slug}", "data.**.a.*: {@key}/{slug}", "*.**.data: {@key} {@value} {author.slug}"),
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, rules := range all {
			keys, err := rules.Keys(body, pathOf(map[string]string{"page_type": "landing"}))
			text := bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
			if valid := json.Valid(text); valid == errors.Is(err, ErrNotJSON) {
				t.Fatalf("valid is %v, the error is %v", valid, err)
			}
			if err != nil && len(keys) > 0 && !errors.Is(err, ErrTooManyItems) {
				t.Fatalf("keys %q with the error %v", keys, err)
			}
			set := NewSet(tenantPrefix)
			set.Add(keys...)
			checkSet(t, set, tenantPrefix, keys)
		}
	})
}

// A valid template prints as it was written, has no empty variable names, and
// without values makes a key only if it is a literal.
func FuzzParseTemplate(f *testing.F) {
	for _, seed := range []string{"post:{slug}", "{a}{b}", "{", "}", "{}", "{{a}}", "a}b{", "é{ü}", "posts"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := ParseTemplate(text)
		if err != nil {
			if !errors.Is(err, ErrTemplate) {
				t.Fatalf("the error is %v", err)
			}
			return
		}
		if string(parsed) != text {
			t.Fatalf("%q reads %q", text, parsed)
		}
		for _, name := range parsed.Variables() {
			if name == "" || strings.ContainsAny(name, "{}") {
				t.Fatalf("%q has the variable %q", text, name)
			}
		}
		same, ok := parsed.Expand(func(name string) (string, bool) { return "{" + name + "}", true })
		if !ok || same != text {
			t.Fatalf("%q expands to %q, %v", text, same, ok)
		}
		none, ok := parsed.Expand(func(string) (string, bool) { return "", false })
		if literal := len(parsed.Variables()) == 0; ok != literal || !ok && none != "" {
			t.Fatalf("%q expands to %q, %v without values", text, none, ok)
		}
	})
}
