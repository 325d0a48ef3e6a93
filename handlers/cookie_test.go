package handlers

import "testing"

func TestAnAnswerWithACookieIsServedToOneClientOnly(t *testing.T) {
	for _, control := range []string{"max-age=60", "public, max-age=60", "s-maxage=60"} {
		e := newEdge(t)
		e.says(200, "ada's", "Cache-Control: "+control, "Set-Cookie: session=ada")
		r := e.get("/open/a")
		r.want(200, "ada's", `Larder; fwd=uri-miss; fwd-status=200; detail="not-stored; set-cookie"`)
		r.wantHeader("Set-Cookie", "session=ada")
		e.says(200, "everybody's", "Cache-Control: "+control)
		r = e.get("/open/a", "X-Other: 1")
		r.want(200, "everybody's", anything)
		r.wantNo("Set-Cookie")
	}
}

func TestAnAnswerToACookieIsStoredOnlyIfTheOriginSaysItIsForOthers(t *testing.T) {
	tests := []struct {
		name    string
		uri     string
		lines   []string
		bob     string // what the next client gets
		another string // and one without a cookie
	}{
		{"with a lifetime", "/open/a", []string{aMinute}, "bob's", "nobody's"},
		{"public", "/open/a", []string{"Cache-Control: public, max-age=60"}, "ada's", "ada's"},
		{"with a variant for each cookie", "/open/a", []string{aMinute, "Vary: Cookie"}, "bob's", "nobody's"},
		{"where the cookie does not reach the origin", "/posts/tea/", nil, "ada's", "ada's"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			asks := func(who, want string, lines ...string) {
				e.says(200, `"`+who+`"`, test.lines...)
				e.get(test.uri, lines...).want(200, `"`+want+`"`, anything)
			}
			asks("ada's", "ada's", "Cookie: session=ada")
			asks("bob's", test.bob, "Cookie: session=bob")
			asks("nobody's", test.another)
		})
	}
}

// The origin lets everything but the cookie be stored (RFC 9111 §5.2.2.7).
func TestACookieNeverGoesOutAsPublic(t *testing.T) {
	e := newEdge(t)
	e.says(200, before, `Cache-Control: private="Set-Cookie", max-age=60`, "Set-Cookie: session=ada")
	r := e.get("/posts/tea/")
	r.want(200, before, "Larder; fwd=uri-miss; fwd-status=200; stored")
	r.wantHeader("Set-Cookie", "session=ada")
	r.wantHeader("Cache-Control", "private, max-age=0, stale-if-error=86400")
	r = e.get("/posts/tea/")
	r.want(200, before, "Larder; hit; ttl=3600")
	r.wantNo("Set-Cookie")
	r.wantHeader("Cache-Control", "public, max-age=0, stale-if-error=86400")
}
