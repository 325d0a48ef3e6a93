package resource

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"larder/corecache"
	"larder/internal/uri"
)

// pair is a parameter of a generated query.
type pair struct{ name, value string }

func (p pair) encode(t *rapid.T) string {
	escape := func(s string) string {
		if rapid.Bool().Draw(t, "encode every byte") {
			var b strings.Builder
			for i := range len(s) {
				uri.Encode(&b, s[i])
			}
			return b.String()
		}
		return url.QueryEscape(s)
	}
	return escape(p.name) + "=" + escape(p.value)
}

// Equivalent requests have the same key: parameters in another order, encoded
// differently, repeated, with a default value or unlisted, and unlisted headers.
func TestEquivalentRequestsShareAKey(t *testing.T) {
	cfg := parsed(t)
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.StringMatching(`[a-z0-9]{0,8}`), rapid.String())
		listed := []pair{{"tag", value.Draw(t, "tag")}}
		if rapid.Bool().Draw(t, "tenant") {
			listed = append(listed, pair{"auth_token", "secret-" + rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "token")})
		}
		var plain []string
		for _, p := range listed {
			plain = append(plain, url.QueryEscape(p.name)+"="+url.QueryEscape(p.value))
		}
		written := append([]pair(nil), listed...)
		written = append(written, rapid.SliceOfN(rapid.SampledFrom([]pair{
			listed[0], {"page", "1"}, {"utm_source", "mail"}, {"x", ""}, {"TAG", "z"},
		}), 0, 6).Draw(t, "more")...)
		written = rapid.Permutation(written).Draw(t, "order")
		var encoded []string
		for _, p := range written {
			encoded = append(encoded, p.encode(t))
		}
		a := resourceOf(t, cfg, "/posts/?"+strings.Join(plain, "&"))
		b := resourceOf(t, cfg, "/posts?"+strings.Join(encoded, "&"), "X-Forwarded-Host: x", "Cookie: a=b", "Accept-Language: de")
		if !bytes.Equal(a.Key, b.Key) {
			t.Fatalf("%q and %q have the keys %q and %q", plain, written, a.Key, b.Key)
		}
		queryA, queryB := a.OriginQuery(cfg), b.OriginQuery(cfg)
		if queryA != queryB {
			t.Fatalf("for %q and %q the origin gets %q and %q", plain, written, queryA, queryB)
		}
		if bytes.Contains(b.Key, []byte("secret")) || strings.Contains(b.Query, "secret") {
			t.Fatalf("the credential is in the key %q", b.Key)
		}
	})
}

// Where the query is used as it was sent, what is ignored makes no other key, and
// does not reach the origin.
func TestIgnoredParametersDoNotCount(t *testing.T) {
	cfg := parsed(t)
	for _, uri := range []string{"/open/a?b=%7e&a=1", "/posts/?tag=a"} {
		want := resourceOf(t, cfg, uri)
		for _, more := range []string{"&utm_source=mail", "&fbclid", "&auth_token=s&%75tm_id=1"} {
			got := resourceOf(t, cfg, uri+more)
			if strings.Contains(more, "auth_token") {
				want = resourceOf(t, cfg, uri+"&auth_token=s")
			}
			if !bytes.Equal(got.Key, want.Key) || got.OriginQuery(cfg) != want.OriginQuery(cfg) {
				t.Errorf("%s%s has the key %q, and the origin gets %q", uri, more, got.Key, got.OriginQuery(cfg))
			}
		}
	}
}

// Requests that may have different responses have different keys.
func TestDifferentRequestsHaveDifferentKeys(t *testing.T) {
	cfg := parsed(t)
	requests := [][]string{
		{"/posts/"}, {"/posts/?tag=a"}, {"/posts/?tag=b"}, {"/posts/?tag=a&tag=b"}, {"/posts/?tag=b&tag=a"}, {"/posts/?page=2"},
		{"/posts/?tag=a%26page=2"}, {"/posts/?page=2&tag=a"}, {"/posts/?tag="},
		{"/posts/tea/"}, {"/posts/Tea/"}, {"/posts/te%3Fa/"}, {"/posts/tea/", "Accept-Language: de"}, {"/posts/tea/", "Accept-Language: en"},
		{"/posts/?auth_token=a"}, {"/posts/?auth_token=b"}, {"/posts/", "Authorization: c"},
		{"/open/a?x=1"}, {"/open/a?X=1"}, {"/open/a"}, {"/open/a/"},
		{"/posts/" + strings.Repeat("a", 5000) + "/"}, {"/posts/" + strings.Repeat("a", 5001) + "/"},
	}
	seen := map[string]string{}
	for _, request := range requests {
		made := resourceOf(t, cfg, request[0], request[1:]...)
		if len(made.Key) > corecache.MaxKey {
			t.Errorf("%.50q has a key of %d bytes", request, len(made.Key))
		}
		if other, ok := seen[string(made.Key)]; ok {
			t.Errorf("%.50q has the key of %.50q", request, other)
		}
		seen[string(made.Key)] = strings.Join(request, " ")
	}
}

// Requests with different lines of a listed header have different keys.
func TestDifferentListedHeadersGiveDifferentKeys(t *testing.T) {
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

// An earlier format had a tab after the name, and different lines could give
// the same key. Entries of that format must not be found any more.
func TestAKeyWithAHeaderIsNotInTheEarlierFormat(t *testing.T) {
	key := string(resourceOf(t, parsed(t), "/posts/tea/", "Accept-Language: a\tb").Key)
	if !strings.HasSuffix(key, "\nAccept-Language:3:a\tb") {
		t.Errorf("the key is %q", key)
	}
}
