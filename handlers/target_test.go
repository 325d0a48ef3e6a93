package handlers

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"larder/config"
	"larder/corecache"
)

func TestWhatIsKeptOfAQuery(t *testing.T) {
	listed := &config.Route{Query: []config.Parameter{
		{Name: "tag"}, {Name: "page", Default: "1", HasDefault: true}, {Name: "thé"}, {Name: "locale", HasDefault: true}}}
	all := &config.Route{AllQuery: true, Query: []config.Parameter{{Name: "page", Default: "1", HasDefault: true}}}
	tests := []struct {
		name       string
		route      *config.Route
		credential string
		raw, want  string
	}{
		{"no query", listed, "", "", ""},
		{"a listed parameter", listed, "", "tag=a", "tag=a"},
		{"an unlisted one", listed, "", "x=1", ""},
		{"sorted by name", listed, "", "tag=a&page=2", "page=2&tag=a"},
		{"a default", listed, "", "page=1&tag=a", "tag=a"},
		{"a default spelt otherwise", listed, "", "p%61ge=%31", ""},
		{"an empty default", listed, "", "locale=", ""},
		{"an empty default without its sign", listed, "", "locale", ""},
		{"an exact repetition", listed, "", "tag=a&tag=a", "tag=a"},
		{"values of one name keep their order", listed, "", "tag=b&tag=a", "tag=b&tag=a"},
		{"a name without a value", listed, "", "tag", "tag="},
		{"empty pairs", listed, "", "&&tag=a&", "tag=a"},
		{"a value with equals signs", listed, "", "tag=a=b", "tag=a%3Db"},
		{"a plus sign is a space", listed, "", "tag=a+b", "tag=a%20b"},
		{"an encoded plus sign", listed, "", "tag=a%2Bb", "tag=a%2Bb"},
		{"an encoded ampersand stays in its value", listed, "", "tag=a%26page%3D2", "tag=a%26page%3D2"},
		{"a broken encoding is text", listed, "", "tag=%zz", "tag=%25zz"},
		{"NUL", listed, "", "tag=%00", "tag=%00"},
		{"another script", listed, "", "th%C3%A9=寿", "th%C3%A9=%E5%AF%BF"},
		{"names differ by case", listed, "", "Tag=a", ""},
		{"characters that stay in clear", listed, "", "tag=a,b:c/d@e", "tag=a,b:c/d@e"},
		{"the credential", listed, "token", "token=s&x=1", ""},
		{"all parameters", all, "", "z=1&a=2&page=1", "a=2&z=1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := encodeQuery(keep(parseQuery(test.raw), test.route, test.credential))
			if got != test.want {
				t.Errorf("%q becomes %q, not %q", test.raw, got, test.want)
			}
			again := encodeQuery(keep(parseQuery(got), test.route, test.credential))
			if again != got {
				t.Errorf("%q becomes %q", got, again)
			}
		})
	}
}

func TestWithoutParameter(t *testing.T) {
	tests := []struct{ name, raw, parameter, want string }{
		{"nothing to take", "a=1&b=2", "c", "a=1&b=2"},
		{"one", "a=1&b=2", "a", "b=2"},
		{"all of its name", "a=1&b=2&a=3&a", "a", "b=2"},
		{"in another spelling", "%61=1&b=2", "a", "b=2"},
		{"the rest is left as it is", "b=%7e+&a=1&&c", "a", "b=%7e+&&c"},
		{"no name", "a=1", "", "a=1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := withoutParameter(test.raw, test.parameter); got != test.want {
				t.Errorf("it is %q, not %q", got, test.want)
			}
		})
	}
}

// pair is a parameter of a generated query.
type pair struct{ name, value string }

func (p pair) spell(t *rapid.T) string {
	escape := func(s string) string {
		if rapid.Bool().Draw(t, "spelt out") {
			var b strings.Builder
			for i := range len(s) {
				encode(&b, s[i])
			}
			return b.String()
		}
		return url.QueryEscape(s)
	}
	return escape(p.name) + "=" + escape(p.value)
}

// However a client writes a request, it has the same key as long as it means
// the same: parameters in another order, spelt otherwise, repeated, stating a
// default or not listed, and headers that are not listed.
func TestOneKeyForOneMeaning(t *testing.T) {
	e := newEdgeWith(t, tenantsConfig)
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.StringMatching(`[a-z0-9]{0,8}`), rapid.String())
		meant := []pair{{"tag", value.Draw(t, "tag")}}
		if rapid.Bool().Draw(t, "tenant") {
			meant = append(meant, pair{"auth_token", "secret-" + rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "token")})
		}
		var plain []string
		for _, p := range meant {
			plain = append(plain, url.QueryEscape(p.name)+"="+url.QueryEscape(p.value))
		}
		written := append([]pair(nil), meant...)
		written = append(written, rapid.SliceOfN(rapid.SampledFrom([]pair{
			meant[0], {"page", "1"}, {"utm_source", "mail"}, {"x", ""}, {"TAG", "z"},
		}), 0, 6).Draw(t, "more")...)
		written = rapid.Permutation(written).Draw(t, "order")
		var spelt []string
		for _, p := range written {
			spelt = append(spelt, p.spell(t))
		}
		a, _ := e.target("/posts/?" + strings.Join(plain, "&"))
		b, _ := e.target("/posts?"+strings.Join(spelt, "&"), "X-Forwarded-Host: x", "Cookie: a=b", "Accept-Language: de")
		if !bytes.Equal(a.key, b.key) {
			t.Fatalf("%q and %q have the keys %q and %q", plain, spelt, a.key, b.key)
		}
		askA, askB := a.originQuery(e.app.config), b.originQuery(e.app.config)
		if askA != askB {
			t.Fatalf("%q and %q ask the origin for %q and %q", plain, spelt, askA, askB)
		}
		if bytes.Contains(b.key, []byte("secret")) || strings.Contains(b.query, "secret") {
			t.Fatalf("the credential is in the key %q", b.key)
		}
	})
}

// Requests that mean different things have different keys.
func TestAKeyForEachMeaning(t *testing.T) {
	e := newEdgeWith(t, tenantsConfig)
	requests := [][]string{
		{"/posts/"}, {"/posts/?tag=a"}, {"/posts/?tag=b"}, {"/posts/?tag=a&tag=b"}, {"/posts/?tag=b&tag=a"}, {"/posts/?page=2"},
		{"/posts/?tag=a%26page=2"}, {"/posts/?page=2&tag=a"}, {"/posts/?tag="},
		{"/posts/tea/"}, {"/posts/Tea/"}, {"/posts/te%2Fa/"}, {"/posts/tea/", "Accept-Language: de"}, {"/posts/tea/", "Accept-Language: en"},
		{"/posts/?auth_token=a"}, {"/posts/?auth_token=b"}, {"/posts/", "Authorization: c"},
		{"/open/a?x=1"}, {"/open/a?X=1"}, {"/open/a"}, {"/open/a/"},
		{"/posts/" + strings.Repeat("a", 5000) + "/"}, {"/posts/" + strings.Repeat("a", 5001) + "/"},
	}
	seen := map[string]string{}
	for _, request := range requests {
		made, _ := e.target(request[0], request[1:]...)
		if len(made.key) > corecache.MaxKey {
			t.Errorf("%.50q has a key of %d bytes", request, len(made.key))
		}
		if other, ok := seen[string(made.key)]; ok {
			t.Errorf("%.50q has the key of %.50q", request, other)
		}
		seen[string(made.key)] = strings.Join(request, " ")
	}
}
