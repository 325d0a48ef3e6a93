package handlers

import (
	"strings"
	"testing"

	"larder/origin"
)

// unlistedConfig is queryConfig with a word for unlisted parameters.
func unlistedConfig(word string) string {
	return strings.Replace(queryConfig, `"purge":`, `"ignore": ["utm_*"], "unlisted": "`+word+`", "purge":`, 1)
}

func TestARequestWithAnUnlistedParameterPassesThroughWhole(t *testing.T) {
	for _, method := range []string{"GET", "HEAD", "QUERY"} {
		t.Run(method, func(t *testing.T) {
			e := newEdgeWith(t, unlistedConfig("pass"))
			e.does(func(r *origin.Request) (*origin.Response, error) { return e.response(204, ""), nil })
			for range 2 {
				e.request(method, "/ask/?lang=%64e&utm_id=1", "", "Cookie: a=b").
					want(204, "", "Larder; fwd=bypass; fwd-status=204; detail=unlisted-parameter")
			}
			asked := e.lastAsked()
			if asked.Method != method || asked.Query != "lang=%64e&utm_id=1" || asked.Header.Get("Cookie") != "a=b" {
				t.Errorf("the origin is asked %s ?%s with %v", asked.Method, asked.Query, asked.Header)
			}
			e.wantAsked(2)
		})
	}
	t.Run("an ignored parameter alone is none", func(t *testing.T) {
		e := newEdgeWith(t, unlistedConfig("pass"))
		e.fill("/posts/tea/?utm_source=mail", before)
		e.get("/posts/tea/?utm_source=post").want(200, before, "Larder; hit; ttl=3600")
	})
}

func TestARequestWithAnUnlistedParameterIsRejected(t *testing.T) {
	for _, method := range []string{"GET", "HEAD", "QUERY"} {
		t.Run(method, func(t *testing.T) {
			e := newEdgeWith(t, unlistedConfig("reject"))
			r := e.request(method, "/ask/?utm_id=1&%3Clang%3E=de", "", "Origin: https://site.example")
			if method == "HEAD" {
				r.want(400, "", "Larder")
			} else if r.wantProblem(400, "unlisted-parameter"); !strings.Contains(r.body, "The route does not list %3Clang%3E.") {
				t.Errorf("the client gets %s", r.body)
			}
			r.wantHeader("Cache-Status", "Larder")
			r.wantHeader("Access-Control-Allow-Origin", "https://site.example")
			e.wantAsked(0)
		})
	}
	t.Run("a preview is none", func(t *testing.T) {
		e := newEdgeWith(t, unlistedConfig("reject"))
		e.says(200, before)
		e.get("/posts/tea/?lang=de&preview=1").want(200, before, "Larder; fwd=bypass; fwd-status=200")
	})
	t.Run("a method that the route does not cache", func(t *testing.T) {
		e := newEdgeWith(t, unlistedConfig("reject"))
		e.says(200, before)
		e.request("POST", "/posts/?lang=de", "{}").want(200, before, "Larder; fwd=method; fwd-status=200")
	})
}

func TestARequestWithABypassHeaderPassesThrough(t *testing.T) {
	file := strings.Replace(unlistedConfig("reject"), `"purge":`, `"bypass_headers": ["X-WP-Nonce"], "purge":`, 1)
	for _, method := range []string{"GET", "HEAD", "QUERY"} {
		e := newEdgeWith(t, file)
		e.does(func(*origin.Request) (*origin.Response, error) { return e.response(204, ""), nil })
		for range 2 {
			e.request(method, "/ask/?lang=de", "", "X-Wp-Nonce: n").want(204, "", "Larder; fwd=bypass; fwd-status=204")
		}
		if asked := e.lastAsked(); asked.Query != "lang=de" || asked.Header.Get("X-Wp-Nonce") != "n" {
			t.Errorf("%s: the origin is asked ?%s with %v", method, asked.Query, asked.Header)
		}
		e.wantAsked(2)
	}
	t.Run("also where the answer is stored", func(t *testing.T) {
		e := newEdgeWith(t, file)
		e.fill("/posts/tea/", before)
		e.says(200, after)
		e.get("/posts/tea/", "X-Wp-Nonce: n").want(200, after, "Larder; fwd=bypass; fwd-status=200")
		e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
	})
}

// The shield applies the same rules to what an edge sends: the parameters that
// count, and the credential.
func TestTheShieldAnswersWhatAnEdgeMakesOfAQuery(t *testing.T) {
	file := strings.Replace(tenantsConfig, `"purge":`, `"ignore": ["utm_*"], "unlisted": "reject", "bypass_headers": ["X-Preview"], "purge":`, 1)
	s := newService(t, file)
	s.says(200, before)
	one := s.quietPOP()
	one.says(200, after) // at the origin itself
	sent := len(one.sent)
	one.get("/posts/?auth_token=own&utm_id=1&tag=a").want(200, before, anything)
	one.get("/open/a?auth_token=own&utm_id=1&lang=de").want(200, before, anything)
	if got := len(one.sent) - sent; got != 2 {
		t.Errorf("the shield was asked %d times, not twice", got)
	}
	if asked := s.lastAsked(); asked.Query != "lang=de&auth_token=own" {
		t.Errorf("the origin is asked ?%s", asked.Query)
	}
	one.get("/posts/?auth_token=own&tag=a", "X-Preview: 1").want(200, after, "Larder; fwd=bypass; fwd-status=200")
	one.get("/posts/?auth_token=own&lang=de").wantProblem(400, "unlisted-parameter")
	if got := len(one.sent) - sent; got != 2 {
		t.Errorf("the shield was asked %d times, not twice", got)
	}
}
