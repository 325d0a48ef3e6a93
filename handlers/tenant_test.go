package handlers

import (
	"net/url"
	"strings"
	"testing"

	"larder/origin"
)

// The tenant is the first credential of a request. If the origin got a second one
// and took that, its content would be stored under another tenant's key.
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
			e.get("/posts/tea/").want(200, `{"data":{"slug":"of "}}`, anything)
			e.get("/posts/tea/?auth_token=other").want(200, `{"data":{"slug":"of other"}}`, anything)
		})
	}
}

// RFC 9111 §3.5: the tenant is in the key, its users are not.
func TestOneUsersAnswerIsNotServedToAnotherOfTheSameTenant(t *testing.T) {
	const stored, refused = "Larder; fwd=uri-miss; fwd-status=200; stored", "Larder; fwd=uri-miss; fwd-status=200; detail=\"not-stored; authorization\""
	tests := []struct{ name, tenant, uri, says, status string }{
		{"a credential in the query", `{"query": "auth_token"}`, "/open/a?auth_token=t", aMinute, refused},
		{"a credential in another header", `{"header": "X-Tenant"}`, "/open/a", aMinute, refused},
		{"an origin that allows it", `{"query": "auth_token"}`, "/open/a?auth_token=t", "Cache-Control: public, max-age=60", stored},
		{"a credential in the query and another in the tenant's header", `{"query": "auth_token", "header": "Authorization"}`, "/open/a?auth_token=t", aMinute, stored},
		{"the tenant's own credential", `{"header": "Authorization"}`, "/open/a", aMinute, stored},
		{"a route that drops it", `{"query": "auth_token"}`, "/posts/tea/?auth_token=t", aMinute, stored},
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
			e.get(test.uri, "X-Tenant: t", "Authorization: Bearer ada").want(200, want, anything)
		})
	}
	t.Run("nor to anyone who asks next", func(t *testing.T) {
		e := newEdgeWith(t, strings.Replace(testConfig, `"debug_header"`, `"tenant": {"query": "auth_token"}, "debug_header"`, 1))
		e.variants("Authorization")
		for _, user := range []string{"ada", "bob"} {
			e.get("/open/a?auth_token=t", "Authorization: "+user).want(200, "for "+user, anything)
		}
		e.get("/open/a?auth_token=t").want(200, "for ", anything)
		e.wantAsked(3)
	})
}

func TestEachTenantHasItsOwnEntry(t *testing.T) {
	type request struct {
		uri  string
		line string
	}
	requests := map[string]request{
		"the first token":           {"/posts/tea/?auth_token=first-secret", "X: y"},
		"the second token":          {"/posts/tea/?auth_token=second-secret", "X: y"},
		"a token in the header":     {"/posts/tea/", "Authorization: Token third-secret"},
		"no token":                  {"/posts/tea/", "X: y"},
		"an empty token":            {"/posts/tea/?auth_token=", "X: y"},
		"a query before the header": {"/posts/tea/?auth_token=first-secret", "Authorization: Token third-secret"},
	}
	own := map[string]string{"a query before the header": "the first token", "an empty token": "no token"}
	e := newEdgeWith(t, tenantsConfig)
	e.does(func(r *origin.Request) (*origin.Response, error) {
		return e.response(200, `{"data":{"slug":"`+r.Query+" "+r.Header.Get("Authorization")+`"}}`), nil
	})
	bodies := map[string]string{}
	for _, name := range []string{"the first token", "the second token", "a token in the header", "no token"} {
		r := e.get(requests[name].uri, requests[name].line)
		r.want(200, anything, "Larder; fwd=uri-miss; fwd-status=200; stored")
		bodies[name] = r.body
	}
	if want := `{"data":{"slug":" Token third-secret"}}`; bodies["a token in the header"] != want {
		t.Errorf("the origin gets %q", bodies["a token in the header"])
	}
	if want := `{"data":{"slug":"auth_token=first-secret "}}`; bodies["the first token"] != want {
		t.Errorf("the origin gets %q", bodies["the first token"])
	}
	e.wantAsked(4)
	for name, request := range requests {
		t.Run(name, func(t *testing.T) {
			want := bodies[name]
			if other, ok := own[name]; ok {
				want = bodies[other]
			}
			e.get(request.uri, request.line).want(200, want, "Larder; hit; ttl=3600")
		})
	}
	e.wantAsked(0)
}

func TestATenantsCredentialIsNowhereInTheAnswer(t *testing.T) {
	e := newEdgeWith(t, tenantsConfig)
	e.says(200, before)
	for _, line := range []string{"Larder-Debug: 1", "X: y"} {
		r := e.get("/posts/tea/?auth_token=very-secret", line)
		for name, values := range r.header {
			for _, value := range values {
				if containsFold(value, "secret") {
					t.Errorf("%s is %q", name, value)
				}
			}
		}
	}
	for _, line := range e.logged {
		if containsFold(line, "secret") {
			t.Errorf("the log has %q", line)
		}
	}
}

func TestATenantInAHeaderGetsAPrivateAnswer(t *testing.T) {
	e := newEdgeWith(t, tenantsConfig)
	e.says(200, before)
	e.get("/posts/tea/", "Authorization: Token a").wantHeader("Cache-Control", "private, max-age=0, stale-if-error=86400")
	e.get("/posts/tea/?auth_token=a").wantHeader("Cache-Control", "public, max-age=0, stale-if-error=86400")
}
