package handlers

import (
	"net/url"
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
