package purge

import (
	"context"
	"fmt"
	"strings"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/fence"
	"larder/purge/audit"
	"larder/resource"
	"larder/surrogate"
	"larder/vault"
)

// Method answers requests with the method PURGE: each purges its own URL.
type Method struct{ *Endpoint }

// Serve purges a URL of content.
func (m Method) Serve(_ context.Context, r *fsthttp.Request) (any, func(), error) {
	return m.forClient(r, audit.Method, func(token *Token, record *audit.Record) (any, func(), error) {
		path, query := resource.Split(r.URL)
		return m.purgeURL(r, contentURL{host: r.Host, path: path, query: query}, token, record)
	})
}

// contentURL is a URL of content, as a client encodes it.
type contentURL struct{ host, path, query string }

// parseURL parts a URL that a client names, with or without a scheme. One that is
// percent-encoded as a whole is refused: paths are logged, and its query would be in
// a path.
func parseURL(text string) (contentURL, error) {
	for _, scheme := range []string{"https:", "http:"} {
		if len(text) > len(scheme) && strings.EqualFold(text[:len(scheme)], scheme) {
			// Some proxies merge slashes.
			text = strings.TrimPrefix(strings.TrimPrefix(text[len(scheme):], "/"), "/")
			break
		}
	}
	before, query, _ := strings.Cut(text, "?")
	host, path, _ := strings.Cut(before, "/")
	if host == "" || strings.Contains(host, "%") {
		return contentURL{}, problemBadRequest.WithDetail(`Its URL has no host; want one such as "www.example.com/path", not percent-encoded.`)
	}
	return contentURL{host: host, path: "/" + path, query: query}, nil
}

// purgeURL purges all that is stored for a URL of the tenants that the client
// names.
func (e *Endpoint) purgeURL(r *fsthttp.Request, u contentURL, token *Token, record *audit.Record) (any, func(), error) {
	path, err := resource.NormalisePath(u.path)
	if err != nil {
		return nil, nil, problemBadRequest.WithDetail(fmt.Sprintf("Its URL: %v.", err))
	}
	prefixes, err := e.urlTenants(r, u.query)
	if err != nil {
		return nil, nil, err
	}
	var scopes []scope
	for _, prefix := range prefixes {
		scopes = append(scopes, scopeOf(prefix, e.Config.Tenant != nil))
	}
	soft := e.softClient(r)
	record.URL, record.Soft, record.Tenants = path, soft, e.ownerNames(scopes)
	if err := token.allowAll("a URL"); err != nil {
		return nil, nil, err
	}
	if err := token.allowScopes(scopes, e.Config.Tenant != nil); err != nil {
		return nil, nil, err
	}
	p, copies := e.urlPurge(prefixes, resource.Request{Path: path, Query: u.query, Host: u.host}, soft)
	later, err := e.execute(p, copies)
	return accepted{Status: "ok", ID: record.ID}, later, err
}

// urlTenants returns the prefixes of the tenants that a client names: in a
// Larder-Tenant header, and by the credential of the URL that it purges.
func (e *Endpoint) urlTenants(r *fsthttp.Request, rawQuery string) ([]string, error) {
	whose, err := e.tenants(r, &query{}, &body{})
	if err != nil {
		return nil, err
	}
	if whose.all {
		return nil, problemBadRequest.WithDetail("A URL cannot be purged for all tenants at once: name them, or purge the keys of its items.")
	}
	prefixes := whose.prefixes
	if tenant := resource.TenantOf(e.Config.Tenant, rawQuery, nil); tenant.ID != "" {
		prefixes = unique(append(prefixes, tenant.Prefix()))
	}
	switch n := len(prefixes); {
	case n == 0:
		return nil, problemNoTenant
	case n > e.maxKeys():
		return nil, problemTooLarge.WithDetail(fmt.Sprintf("It names %d tenants; at most %d fit in one request.", n, e.maxKeys()))
	}
	return prefixes, nil
}

// urlPurge is what the fence and the vault are to do for a URL. There is nothing to
// do where no route caches it.
func (e *Endpoint) urlPurge(prefixes []string, request resource.Request, soft bool) (p fence.Purge, copies []vault.Keys) {
	for _, prefix := range prefixes {
		var hashes, keys []string
		for _, r := range resource.AtURL(e.Config, request) {
			r.Tenant = resource.Tenant{ID: tenantDigits(prefix)} // of which only these are in the hash
			hashes = append(hashes, r.URLHash())
		}
		for _, hash := range unique(hashes) {
			keys = append(keys, surrogate.URLKey(hash))
			p.Scopes = append(p.Scopes, fence.Scope{Tenant: prefix, URL: hash})
		}
		if soft {
			p.Soft = append(p.Soft, keys...)
			copies = append(copies, vault.Keys{Prefix: prefix, Soft: keys})
		} else {
			p.Hard = append(p.Hard, keys...)
			copies = append(copies, vault.Keys{Prefix: prefix, Hard: keys})
		}
	}
	return p, copies
}
