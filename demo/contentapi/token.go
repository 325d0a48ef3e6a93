package contentapi

import (
	"net/http"
	"net/url"
	"strings"
)

// The tokens are public on purpose: this is a demo.
const (
	demoReadToken    = "demo-token"
	demoWriteToken   = "demo-write-token"
	secondReadToken  = "second-token"
	secondWriteToken = "second-write-token"
)

// tenantOf returns the tenant whose token a request has, for reading or for
// writing. The token is in the query parameter auth_token or in an Authorization
// header with the scheme Token.
func tenantOf(r *http.Request, query url.Values, reading bool) (string, bool) {
	token := query.Get("auth_token")
	if header, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Token "); ok && (token == "" || !reading) {
		token = strings.TrimSpace(header)
	}
	switch {
	case token == demoReadToken && reading, token == demoWriteToken && !reading:
		return "demo", true
	case token == secondReadToken && reading, token == secondWriteToken && !reading:
		return "second", true
	}
	return "", false
}

// readToken returns the token of a tenant's customers.
func readToken(tenant string) string {
	if tenant == "second" {
		return secondReadToken
	}
	return demoReadToken
}
