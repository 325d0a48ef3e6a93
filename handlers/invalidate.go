package handlers

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"

	"larder/httpcache"
	"larder/origin"
	"larder/surrogate"
)

// urlHash stands for a URL in surrogate keys.
func urlHash(host, path, query string) string {
	sum := sha256.Sum256([]byte(host + "\n" + path + "?" + query))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// invalidate makes stale what an unsafe request has changed, as far as HTTP
// tells (RFC 9111 §4.4, RFC 9875 §3): what is kept for its URL, for those that
// Location and Content-Location name, and for the groups that the origin
// names. What a DELETE names must not come back, so it is not made stale but
// taken away. Leases go first, as with every purge.
func (a *App) invalidate(x *exchange, path, rawQuery string, resp *origin.Response) {
	if !httpcache.Invalidates(x.r.Method, resp.Status) {
		return
	}
	deleted := x.r.Method == http.MethodDelete
	here := &url.URL{Scheme: "https", Host: x.r.Host, Path: unescape(path, false), RawPath: path, RawQuery: rawQuery}
	for i, u := range httpcache.InvalidationTargets(here, absoluteReferences(here, resp.Header)) {
		t, ok := a.targetOf(u, x.header)
		if !ok {
			continue
		}
		gone := deleted && i == 0 // its own URL is the first
		if a.config.Shield != nil {
			a.purge(surrogate.AllCalmKey, !gone)
		}
		hash := urlHash(t.host, t.path, t.query)
		a.purge(surrogate.URLLeaseKey(hash), !gone)
		a.purge(surrogate.URLNoteKey(hash), false)
		a.purge(surrogate.URLKey(hash), !gone)
		if gone {
			if err := a.vault.Forget(t.key); err != nil {
				a.log("forget %s in the vault: %v", t.path, err)
			}
		}
	}
	groups := httpcache.CacheGroupInvalidation(resp.Header)
	if len(groups) == 0 {
		return
	}
	prefix := tenantOf(a.config.Tenant, parseQuery(rawQuery), x.header).prefix()
	a.purge(surrogate.TenantLeaseKey(prefix), true)
	a.purge(surrogate.TenantNoteKey(prefix), false)
	for _, group := range groups {
		for _, key := range surrogate.ForPurge(prefix, group) {
			a.purge(key, true)
		}
	}
}

func (a *App) purge(key string, soft bool) {
	if err := a.cache.Purge(key, soft); err != nil {
		a.log("purge %q: %v", key, err)
	}
}

// targetOf returns what a GET for a URL would ask for.
func (a *App) targetOf(u *url.URL, header http.Header) (t target, ok bool) {
	raw, query := requestTarget(u)
	path, err := normalisePath(raw)
	if err != nil {
		return target{}, false
	}
	r, vars, err := a.match(http.MethodGet, path)
	if err != nil || !r.keeps(http.MethodGet) {
		return target{}, false
	}
	return newTarget(a.config, r.Route, path, query, vars, u.Host, header, nil), true
}

// absoluteReferences are the fields that may name other URLs. Clients reach
// the edge, and the origin speaks of itself, by http or https; both mean the
// same site here.
func absoluteReferences(here *url.URL, header http.Header) http.Header {
	fields := make(http.Header, 2)
	for _, name := range [...]string{"Location", "Content-Location"} {
		value := header.Get(name)
		if value == "" {
			continue
		}
		if u, err := here.Parse(value); err == nil && u.Scheme == "http" && u.Host == here.Host {
			u.Scheme = here.Scheme
			value = u.String()
		}
		fields.Set(name, value)
	}
	return fields
}
