package handlers

import (
	"testing"

	"larder/origin"
	"larder/surrogate"
)

// The same credential in each carrier, with a scheme and without.
var carriers = []struct {
	name, uri, line string
	cacheControl    string
}{
	{"in the query", "/posts/tea/?auth_token=secret", "X: y", "public, max-age=0, stale-if-error=86400"},
	{"in the header", "/posts/tea/", "Authorization: secret", "private, max-age=0, stale-if-error=86400"},
	{"as a Bearer token", "/posts/tea/", "Authorization: Bearer secret", "private, max-age=0, stale-if-error=86400"},
	{"as a Token", "/posts/tea/", "Authorization: Token secret", "private, max-age=0, stale-if-error=86400"},
}

// An origin can answer the same credential differently where it comes in another
// way, refuse it there for instance.
func TestEachCarrierOfACredentialHasItsOwnEntry(t *testing.T) {
	e := newEdgeWith(t, tenantsConfig)
	e.does(func(r *origin.Request) (*origin.Response, error) {
		return e.response(200, `{"data":{"slug":"tea","title":"`+r.Query+"|"+r.Header.Get("Authorization")+`"}}`), nil
	})
	bodies := map[string]bool{}
	for _, c := range carriers {
		r := e.get(c.uri, c.line)
		r.want(200, anything, "Larder; fwd=uri-miss; fwd-status=200; stored")
		r.wantHeader("Cache-Control", c.cacheControl)
		bodies[r.body] = true
	}
	if len(bodies) != len(carriers) {
		t.Errorf("the origin answers %v", bodies)
	}
	for _, c := range carriers {
		r := e.get(c.uri, c.line)
		r.want(200, anything, "Larder; hit; ttl=3600")
		r.wantHeader("Cache-Control", c.cacheControl)
	}
}

func TestOnePurgeReachesEveryCarrierOfACredential(t *testing.T) {
	for name, purge := range map[string]string{
		"by the credential":                "\"credentials\":[\"secret\"]",
		"by the credential and its scheme": "\"credentials\":[\"Bearer secret\"]",
		"by its ID":                        `"tenants":["` + surrogate.TenantID("secret") + `"]`,
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdgeWith(t, tenantsConfig)
			e.says(200, before)
			for _, c := range carriers {
				e.get(c.uri, c.line)
			}
			e.purge(`"keys":["post:tea"],` + purge)
			e.says(200, after)
			for _, c := range carriers {
				e.get(c.uri, c.line).want(200, after, "Larder; fwd=stale; fwd-status=200; stored")
			}
		})
	}
}

// The query decides, and the origin does not get the other credential.
func TestWithTwoCarriersTheQueryDecides(t *testing.T) {
	e := newEdgeWith(t, tenantsConfig)
	e.says(200, before)
	e.get("/posts/tea/?auth_token=secret", "Authorization: Bearer other").want(200, before, "Larder; fwd=uri-miss; fwd-status=200; stored")
	if got := e.lastAsked(); got.Query != "auth_token=secret" || got.Header.Get("Authorization") != "" {
		t.Errorf("the origin gets %s and %q", got.Query, got.Header.Get("Authorization"))
	}
	e.get("/posts/tea/?auth_token=secret").want(200, before, "Larder; hit; ttl=3600")
}
