package handlers

import (
	"net/url"
	"strings"
	"testing"

	"larder/origin"
)

// The tenant is the first credential of a request. If others reached the
// origin beside it, one that takes the last would put its content under
// another tenant's key.
func TestARepeatedCredentialDoesNotMixTenants(t *testing.T) {
	for name, mixed := range map[string]string{
		"an empty one first": "/posts/tea/?auth_token=&auth_token=secret",
		"another one first":  "/posts/tea/?auth_token=other&auth_token=secret",
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdgeWith(t, tenantsConfig)
			e.does(func(r *origin.Request) (*origin.Response, error) {
				query, err := url.ParseQuery(r.Query)
				if err != nil {
					t.Error(err)
				}
				last := ""
				if tokens := query["auth_token"]; len(tokens) > 0 {
					last = tokens[len(tokens)-1]
				}
				return e.response(200, `{"data":{"slug":"of `+last+`"}}`), nil
			})
			e.get(mixed)
			e.get("/posts/tea/").want(200, `{"data":{"slug":"of "}}`, "")
			e.get("/posts/tea/?auth_token=other").want(200, `{"data":{"slug":"of other"}}`, "")
		})
	}
}

// RFC 9111 §3.5: the tenant is in the key, its users are not.
func TestOneUsersAnswerIsNotAnothersOfTheSameTenant(t *testing.T) {
	const kept, refused = "Larder; fwd=uri-miss; fwd-status=200; stored", "Larder; fwd=uri-miss; fwd-status=200; detail=\"not-stored; authorization\""
	tests := []struct{ name, tenant, uri, says, status string }{
		{"a credential in the query", `{"query": "auth_token"}`, "/open/a?auth_token=t", aMinute, refused},
		{"a credential in another header", `{"header": "X-Tenant"}`, "/open/a", aMinute, refused},
		{"an origin that allows it", `{"query": "auth_token"}`, "/open/a?auth_token=t", "Cache-Control: public, max-age=60", kept},
		{"a tenant's header that the query takes the place of", `{"query": "auth_token", "header": "Authorization"}`, "/open/a?auth_token=t", aMinute, kept},
		{"the tenant's own credential", `{"header": "Authorization"}`, "/open/a", aMinute, kept},
		{"a route that drops it", `{"query": "auth_token"}`, "/posts/tea/?auth_token=t", aMinute, kept},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdgeWith(t, strings.Replace(testConfig, `"debug_header"`, `"tenant": `+test.tenant+`, "debug_header"`, 1))
			e.says(200, before, test.says)
			e.get(test.uri, "X-Tenant: t", "Authorization: Bearer ada").want(200, before, test.status)
			e.says(200, after, test.says)
			want := before
			if test.status == refused {
				want = after
			}
			e.get(test.uri, "X-Tenant: t", "Authorization: Bearer ada").want(200, want, "")
		})
	}
	t.Run("whoever asks next", func(t *testing.T) {
		e := newEdgeWith(t, strings.Replace(testConfig, `"debug_header"`, `"tenant": {"query": "auth_token"}, "debug_header"`, 1))
		e.variants("Authorization")
		for _, user := range []string{"ada", "bob"} {
			e.get("/open/a?auth_token=t", "Authorization: "+user).want(200, "for "+user, "")
		}
		e.get("/open/a?auth_token=t").want(200, "for ", "")
		e.wantAsked(3)
	})
}
