package resource

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"

	"larder/config"
	"larder/surrogate"
)

// Resource is what a request asks for, in a form that all equivalent requests
// share. Only what is part of the key reaches the origin.
type Resource struct {
	// Path is normalised and has the trailing slash that the route wants.
	Path string
	// Query is normalised, without question mark and credential.
	Query string
	// Tenant owns the credential.
	Tenant Tenant
	// Key is the cache key, at most [MaxKey] bytes.
	Key []byte

	rawQuery string   // as the client sent it
	host     string   // the client's, if origins get it; otherwise empty
	vars     []string // the encoded values of the pattern's variables
}

// Request is the part of a request that determines its resource.
type Request struct {
	Path   string // as [NormalisePath] returns it
	Query  string // as the client sent it
	Host   string
	Header http.Header
	// Content of a QUERY, else nil.
	Content []byte
}

// New returns the resource of a request for a route. vars are the values that
// [Match] returned.
func New(cfg *config.Config, route *config.Route, vars []string, req Request) Resource {
	r := Resource{Path: route.Path.Canonical(req.Path), rawQuery: req.Query, vars: vars}
	query := parseQuery(req.Query)
	r.Tenant = tenantOf(cfg.Tenant, query, req.Header)
	if route.AllQuery && len(route.Query) == 0 && !route.Lifetimes.TTL.Valid {
		// No parameter is configured, so the query is used as it was sent (RFC
		// 9111 §4).
		r.Query = rawQuery(req.Query, route, credentialName(cfg))
	} else {
		r.Query = encodeQuery(selectListed(query, route, credentialName(cfg)))
	}
	if cfg.ClientHost() {
		r.host = strings.ToLower(req.Host)
	}
	r.Key = cacheKey(&r, route, req.Header, req.Content)
	return r
}

// OriginQuery returns the query for the origin, with the one credential that
// selected the tenant. A second credential could make the origin answer for
// another tenant.
func (r *Resource) OriginQuery(cfg *config.Config) string {
	name := credentialName(cfg)
	credential, ok := queryCredential(parseQuery(r.rawQuery), name)
	if !ok {
		return r.Query
	}
	own := encodeQuery([]parameter{{name, credential}})
	if r.Query == "" {
		return own
	}
	return r.Query + "&" + own
}

// Variable returns a path variable's decoded value.
func (r *Resource) Variable(route *config.Route, name string) (string, bool) {
	for i, v := range route.Path.Variables() {
		if v == name && i < len(r.vars) {
			return Unescape(r.vars[i], false), true
		}
	}
	return "", false
}

// URLHash identifies the tenant's URL in surrogate keys: 72 bits of a SHA-256, and
// the digits of the tenant's prefix. It is the same for both carriers of a
// credential.
func (r *Resource) URLHash() string {
	sum := sha256.Sum256([]byte(r.host + "\n" + r.Path + "?" + r.Query))
	hash := base64.RawURLEncoding.EncodeToString(sum[:9])
	if r.Tenant.ID == "" {
		return hash
	}
	return hash + "-" + strings.Trim(r.Tenant.Prefix(), "@:")
}

// PrintableKey returns the cache key in printable form, for Cache-Status.
func (r *Resource) PrintableKey() string {
	return surrogate.Escape(strings.ReplaceAll(string(r.Key), "\n", "|"))
}
