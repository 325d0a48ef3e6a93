package resource

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"

	"larder/config"
	"larder/surrogate"
)

// Resource is what a request asks for, in the one form that all requests with
// the same meaning share. Nothing that is not in the key reaches the origin.
type Resource struct {
	// Path is normalised, with the route's trailing slash.
	Path string
	// Query is normalised, without a question mark and the credential.
	Query string
	// Tenant is the owner of the credential.
	Tenant Tenant
	// Key is the cache key, at most [corecache.MaxKey] bytes.
	Key []byte

	rawQuery string   // as the client sent it
	host     string   // the client's, where an origin gets it; else empty
	vars     []string // the values of the pattern's variables, encoded
}

// Request is the part of a request that says what it asks for.
type Request struct {
	Path   string // as [NormalisePath] returns it
	Query  string // as the client sent it
	Host   string
	Header http.Header
	// Content of a QUERY, else nil.
	Content []byte
}

// New says what a request for a route asks for. vars are what the route's
// pattern found in the path.
func New(cfg *config.Config, route *config.Route, vars []string, r Request) Resource {
	t := Resource{Path: route.Path.Canonical(r.Path), rawQuery: r.Query, vars: vars}
	query := parseQuery(r.Query)
	t.Tenant = tenantOf(cfg.Tenant, query, r.Header)
	if route.AllQuery && len(route.Query) == 0 && !route.Lifetimes.TTL.Valid {
		// The operator says nothing about any parameter, so the query counts
		// as it is (RFC 9111 §4).
		t.Query = withoutParameter(r.Query, credentialName(cfg))
	} else {
		t.Query = encodeQuery(keep(query, route, credentialName(cfg)))
	}
	if cfg.ClientHost() {
		t.host = strings.ToLower(r.Host)
	}
	t.Key = cacheKey(&t, route, r.Header, r.Content)
	return t
}

// OriginQuery is the query as the origin gets it: with the one credential that
// decided whose content it is. Others beside it could make the origin answer
// for somebody else.
func (t *Resource) OriginQuery(cfg *config.Config) string {
	name := credentialName(cfg)
	credential, ok := queryCredential(parseQuery(t.rawQuery), name)
	if !ok {
		return t.Query
	}
	own := encodeQuery([]parameter{{name, credential}})
	if t.Query == "" {
		return own
	}
	return t.Query + "&" + own
}

// Variable returns a path variable's decoded value.
func (t *Resource) Variable(route *config.Route, name string) (string, bool) {
	for i, v := range route.Path.Variables() {
		if v == name && i < len(t.vars) {
			return Unescape(t.vars[i], false), true
		}
	}
	return "", false
}

// URLHash stands for the URL in surrogate keys, whoever asks for it.
func (t *Resource) URLHash() string {
	sum := sha256.Sum256([]byte(t.host + "\n" + t.Path + "?" + t.Query))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// OwnHash stands for the URL as this tenant has it. It begins with URLHash, and
// is the same for the anonymous.
func (t *Resource) OwnHash() string {
	if t.Tenant.ID == "" {
		return t.URLHash()
	}
	return t.URLHash() + "-" + strings.Trim(t.Tenant.Prefix(), ":")
}

// PrintableKey is the key as Cache-Status shows it.
func (t *Resource) PrintableKey() string {
	return surrogate.Escape(strings.ReplaceAll(string(t.Key), "\n", "|"))
}
