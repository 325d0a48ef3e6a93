package httpcache

import (
	"testing"
	"time"
)

func TestPlanWhereTheOriginDecides(t *testing.T) {
	const fresh = "Cache-Control: max-age=60"
	tests := []struct {
		name   string
		req    *Request
		status int
		lines  []string
		want   NotStored
	}{
		{"a fresh 200 is stored", get(), 200, []string{fresh}, Storable},
		{"a validator alone is enough", get(), 200, []string{`ETag: "a"`}, Storable},
		{"no lifetime and no validator is not stored", get(), 200, nil, NotStoredNoLifetime},
		{"public alone is not stored", get(), 200, []string{"Cache-Control: public"}, NotStoredNoLifetime},
		{"no-store is not stored", get(), 200, []string{"Cache-Control: max-age=60, no-store"}, NotStoredNoStore},
		{"No-StOrE is not stored", get(), 200, []string{"Cache-Control: No-StOrE"}, NotStoredNoStore},
		{"no-store after a semicolon is not stored", get(), 200, []string{"Cache-Control: max-age=60; no-store"}, NotStoredNoStore},
		{"no-store after a space is not stored", get(), 200, []string{"Cache-Control: max-age=60 No-Store"}, NotStoredNoStore},
		{"no-store before a semicolon is not stored", get(), 200, []string{"Cache-Control: no-store; max-age=60"}, NotStoredNoStore},
		{"no-store behind a quotation mark that is never closed is not stored", get(), 200, []string{`Cache-Control: max-age=60, x="y, no-store`}, NotStoredNoStore},
		{"no-store behind an odd number of quotation marks is not stored", get(), 200, []string{`Cache-Control: x="y", z="a"b", no-store, max-age=60`}, NotStoredNoStore},
		{"no-store in a quoted string by itself is not stored", get(), 200, []string{`Cache-Control: "no-store", max-age=60`}, NotStoredNoStore},
		{"no-store beside a quoted string is not stored", get(), 200, []string{`Cache-Control: x="y" no-store, max-age=60`}, NotStoredNoStore},
		{"no-store with an equals sign is not stored", get(), 200, []string{"Cache-Control: max-age=60, no-store="}, NotStoredNoStore},
		{"private after a semicolon is not stored", get(), 200, []string{"Cache-Control: max-age=60;private"}, NotStoredPrivate},
		{"private with a quotation mark that is never closed is not stored", get(), 200, []string{`Cache-Control: max-age=60, private="x-user`}, NotStoredPrivate},
		{"no-cache after a semicolon needs a validator", get(), 200, []string{"Cache-Control: max-age=60; no-cache"}, NotStoredNoLifetime},
		{"must-understand in a malformed directive does not override no-store", get(), 200, []string{`Cache-Control: no-store, max-age=60, must-understand="x`}, NotStoredNoStore},
		{"a malformed public permits nothing", get("Authorization: x"), 200, []string{"Cache-Control: max-age=60, public; x"}, NotStoredAuthorization},
		{"a malformed s-maxage is no lifetime", get(), 200, []string{"Cache-Control: s-maxage=60; x"}, NotStoredNoLifetime},
		{"an extension in quotes is stored", get(), 200, []string{`Cache-Control: max-age=60, x="no-store, private"`}, Storable},
		{"a name that only contains no-store is stored", get(), 200, []string{"Cache-Control: max-age=60, x-no-store; private-x"}, Storable},
		{"no-store after a name that begins with it is not stored", get(), 200, []string{"Cache-Control: max-age=60; no-stores no-store"}, NotStoredNoStore},
		{"a malformed extension is stored", get(), 200, []string{"Cache-Control: max-age=60, x y"}, Storable},
		{"private is not stored", get(), 200, []string{"Cache-Control: private, max-age=60"}, NotStoredPrivate},
		{"private for one field is stored", get(), 200, []string{`Cache-Control: private="x-user", max-age=60`}, Storable},
		{"private with an unquoted value is not stored", get(), 200, []string{"Cache-Control: private=x, max-age=60"}, NotStoredPrivate},
		{"private with an empty value is not stored", get(), 200, []string{`Cache-Control: private="", max-age=60`}, NotStoredPrivate},
		{"qualified and unqualified private is not stored", get(), 200, []string{`Cache-Control: private, private="a", max-age=60`}, NotStoredPrivate},
		{"no-cache with a validator is stored", get(), 200, []string{"Cache-Control: no-cache", `ETag: "a"`}, Storable},
		{"no-cache without a validator is not stored", get(), 200, []string{"Cache-Control: no-cache, max-age=60"}, NotStoredNoLifetime},
		{"must-understand overrides no-store for 200", get(), 200, []string{"Cache-Control: max-age=60, no-store, must-understand"}, Storable},
		{"must-understand forbids an unknown status", get(), 599, []string{"Cache-Control: max-age=60, must-understand"}, NotStoredStatus},
		{"an unknown status is stored with a lifetime", get(), 599, []string{fresh}, Storable},
		{"a 503 is stored with a lifetime", get(), 503, []string{fresh}, Storable},
		{"a 401 is never stored", get(), 401, []string{fresh}, NotStoredStatus},
		{"a 304 is never stored", get(), 304, []string{fresh}, NotStoredStatus},
		{"a 412 is never stored", get(), 412, []string{fresh}, NotStoredStatus},
		{"a 416 is never stored", get(), 416, []string{fresh}, NotStoredStatus},
		{"a 103 is not a final response", get(), 103, []string{fresh}, NotStoredInvalid},
		{"a status of 0 is not a response", get(), 0, []string{fresh}, NotStoredInvalid},
		{"Vary: * is not stored", get(), 200, []string{fresh, "Vary: Accept, *"}, NotStoredVaryStar},
		{"an invalid name in Vary is not stored", get(), 200, []string{fresh, "Vary: a b"}, NotStoredVaryStar},
		{"nine names in Vary are not stored", get(), 200, []string{fresh, "Vary: a,b,c,d,e,f,g,h,i"}, NotStoredVaryTooLong},
		{"Set-Cookie with a lifetime is not stored", get(), 200, []string{fresh, "Set-Cookie: a=b"}, NotStoredSetCookie},
		{"nor with public", get(), 200, []string{"Cache-Control: public, max-age=60", "Set-Cookie: a=b"}, NotStoredSetCookie},
		{"it is without the cookie, where the origin says so", get(), 200, []string{`Cache-Control: max-age=60, no-cache="set-cookie"`, "Set-Cookie: a=b"}, Storable},
		{"Set-Cookie without a lifetime is not", get(), 200, []string{"Set-Cookie: a=b", `ETag: "a"`}, NotStoredSetCookie},
		{"Set-Cookie with heuristic freshness is not", get(), 200, []string{"Set-Cookie: a=b", "Last-Modified: " + httpDate(-time.Hour)}, NotStoredSetCookie},
		{"the request's malformed no-store forbids storing", get("Cache-Control: max-age=0; no-store"), 200, []string{fresh}, NotStoredRequestNoStore},
		{"the request's no-store forbids storing", get("Cache-Control: no-store"), 200, []string{fresh}, NotStoredRequestNoStore},
		{"Authorization forbids storing", get("Authorization: x"), 200, []string{fresh}, NotStoredAuthorization},
		{"Authorization with public is stored", get("Authorization: x"), 200, []string{"Cache-Control: max-age=60, public"}, Storable},
		{"Authorization with must-revalidate is stored", get("Authorization: x"), 200, []string{"Cache-Control: max-age=60, must-revalidate"}, Storable},
		{"Authorization with s-maxage is stored", get("Authorization: x"), 200, []string{"Cache-Control: s-maxage=60"}, Storable},
		{"a part is stored", get("Range: bytes=0-4"), 206, []string{fresh, "Content-Range: bytes 0-4/10"}, Storable},
		{"several parts are not", get("Range: bytes=0-1,3-4"), 206, []string{fresh, "Content-Type: multipart/byteranges; boundary=x"}, NotStoredRange},
		{"a part of unknown complete length is not", get(), 206, []string{fresh, "Content-Range: bytes 0-4/*"}, NotStoredRange},
		{"a part beyond the complete length is not", get(), 206, []string{fresh, "Content-Range: bytes 0-10/10"}, NotStoredRange},
		{"HEAD is not stored", &Request{Method: "HEAD"}, 200, []string{fresh}, NotStoredMethod},
		{"QUERY is stored", &Request{Method: "QUERY"}, 200, []string{fresh}, Storable},
		{"POST is not stored", &Request{Method: "POST"}, 200, []string{fresh, "Content-Location: /"}, NotStoredMethod},
		{"PUT is not stored", &Request{Method: "PUT"}, 200, []string{fresh}, NotStoredMethod},
		{"methods are case-sensitive", &Request{Method: "get"}, 200, []string{fresh}, NotStoredMethod},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l, reason := Plan(test.req, received(test.status, test.lines...), origin())
			equal(t, "reason", reason, test.want)
			if reason != Storable && l != (Lifetimes{}) {
				t.Errorf("lifetimes without storing: %+v", l)
			}
		})
	}
}

func TestPlanWhereTheOperatorDecides(t *testing.T) {
	p := operator()
	p.NotFoundTTL = time.Minute
	tests := []struct {
		name   string
		p      Policy
		status int
		lines  []string
		want   NotStored
		fresh  time.Duration
	}{
		{"the TTL applies without any headers", p, 200, nil, Storable, time.Hour},
		{"the TTL beats max-age=0", p, 200, []string{"Cache-Control: max-age=0"}, Storable, time.Hour},
		{"the TTL beats no-cache", p, 200, []string{"Cache-Control: no-cache"}, Storable, time.Hour},
		{"the TTL beats a targeted field", p, 200, []string{"CDN-Cache-Control: max-age=5"}, Storable, time.Hour},
		{"the TTL starts when the response is stored", p, 200, []string{"Age: 60"}, Storable, time.Hour + time.Minute},
		{"no-store beats the TTL", p, 200, []string{"Cache-Control: no-store"}, NotStoredNoStore, 0},
		{"a malformed no-store beats the TTL", p, 200, []string{"Cache-Control: public; no-store"}, NotStoredNoStore, 0},
		{"private beats the TTL", p, 200, []string{"Cache-Control: private"}, NotStoredPrivate, 0},
		{"private applies to a tenant too", Policy{TTL: Some(time.Hour), Tenant: true}, 200, []string{"Cache-Control: private"}, NotStoredPrivate, 0},
		{"a response with a cookie is not stored", p, 200, []string{"Set-Cookie: a=b", "Cache-Control: max-age=60"}, NotStoredSetCookie, 0},
		{"a permanent redirect gets the TTL", p, 301, nil, Storable, time.Hour},
		{"a temporary redirect is not stored", p, 302, nil, NotStoredStatus, 0},
		{"a temporary redirect gets its explicit lifetime", p, 302, []string{"Cache-Control: max-age=60"}, Storable, time.Minute},
		{"a 404 gets its own TTL", p, 404, nil, Storable, time.Minute},
		{"a 410 gets its own TTL", p, 410, []string{"Cache-Control: max-age=5"}, Storable, time.Minute},
		{"a 404 without its own TTL is not stored", operator(), 404, []string{"Cache-Control: max-age=60"}, NotStoredErrorStatus, 0},
		{"a 403 is not stored", p, 403, []string{"Cache-Control: max-age=60"}, NotStoredErrorStatus, 0},
		{"a 429 is not stored", p, 429, nil, NotStoredErrorStatus, 0},
		{"a 500 is not stored", p, 500, []string{"Cache-Control: max-age=60"}, NotStoredErrorStatus, 0},
		{"a 201 is not stored", p, 201, nil, NotStoredStatus, 0},
		{"a part is not stored", p, 206, []string{"Content-Range: bytes 0-4/10"}, NotStoredRange, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l, reason := Plan(get(), received(test.status, test.lines...), test.p)
			equal(t, "reason", reason, test.want)
			equal(t, "freshness", l.Freshness, test.fresh)
		})
	}
	t.Run("an answer to a cookie", func(t *testing.T) {
		forwarded := Policy{Cookies: true}
		for _, test := range []struct {
			name  string
			p     Policy
			req   *Request
			lines []string
			want  NotStored
		}{
			{"is not stored", forwarded, get("Cookie: a=b"), []string{"Cache-Control: max-age=60"}, NotStoredCookie},
			{"is stored if it is public", forwarded, get("Cookie: a=b"), []string{"Cache-Control: public, max-age=60"}, Storable},
			{"is stored if it varies on the cookie", forwarded, get("Cookie: a=b"), []string{"Cache-Control: max-age=60", "Vary: Accept, cookie"}, Storable},
			{"is not if it varies on something else", forwarded, get("Cookie: a=b"), []string{"Cache-Control: max-age=60", "Vary: Accept"}, NotStoredCookie},
			{"is stored if there was none", forwarded, get(), []string{"Cache-Control: max-age=60"}, Storable},
			{"is stored if the origin did not get it", Policy{}, get("Cookie: a=b"), []string{"Cache-Control: max-age=60"}, Storable},
		} {
			_, reason := Plan(test.req, received(200, test.lines...), test.p)
			equal(t, test.name, reason, test.want)
		}
	})
	t.Run("Authorization is stored only for a tenant", func(t *testing.T) {
		_, reason := Plan(get("Authorization: x"), received(200), operator())
		equal(t, "reason", reason, NotStoredAuthorization)
		tenant := operator()
		tenant.Tenant = true
		_, reason = Plan(get("Authorization: x"), received(200), tenant)
		equal(t, "reason with a tenant", reason, Storable)
	})
}
