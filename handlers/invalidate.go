package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"larder/config"
	"larder/fence"
	"larder/httpcache"
	"larder/origin"
	"larder/resource"
	"larder/surrogate"
	"larder/vault"
)

// invalidate makes stale what an unsafe request may have changed (RFC 9111 §4.4,
// RFC 9875 §3): the entries of its URL, of the URLs in Location and
// Content-Location, and of the groups that the origin names, for the client's own
// tenant only; and, if the operator says so, what has a key of its path. later
// records the changes in the vault, once the client has its answer.
func (a *App) invalidate(w *responder, path, rawQuery string, resp *origin.Response) (later func()) {
	if a.config.UnsafeMethods == config.IgnoreUnsafe || !httpcache.Invalidates(w.r.Method, resp.Status) {
		return nil
	}
	c := a.changesOf(w, path, rawQuery, resp)
	at := a.now()
	deletion := a.vault.Change(at, vault.Keys{Prefix: c.copies.Prefix, Hard: c.copies.Hard})
	if err := deletion.Run(at.Add(goneTime)); err != nil { // not an error for the client: the origin has deleted it
		a.log("record in the vault that %s is gone, and try again: %v", path, err)
	}
	for _, p := range c.purges {
		a.purge(p)
	}
	if a.vault == nil || len(c.copies.Soft)+len(c.copies.Hard) == 0 {
		return nil
	}
	return func() {
		until := a.now().Add(changedTime)
		if err := deletion.Run(until); err != nil {
			a.log("record in the vault that %s is gone: %v", path, err)
		}
		change := a.vault.Change(at, vault.Keys{Prefix: c.copies.Prefix, Soft: c.copies.Soft})
		if err := change.Run(until); err != nil {
			a.log("record in the vault that %s has changed: %v", path, err)
		}
	}
}

const (
	// goneTime is how long a client waits for the vault to record a deletion.
	goneTime = 500 * time.Millisecond
	// changedTime is how long the vault is tried after the answer. Anybody can
	// send such requests, so it is short.
	changedTime = 2 * time.Second
)

// changes are what an unsafe request does to what is stored.
type changes struct {
	purges []fence.Purge
	// copies are the keys of the copies that the vault may have.
	copies vault.Keys
}

// changesOf returns the changes of a request. Purges are soft, so that nobody can
// remove what an outage needs. Only the URL of a successful DELETE with a tenant's
// credential is purged hard: deleted content must not come back.
func (a *App) changesOf(w *responder, path, rawQuery string, resp *origin.Response) changes {
	tenant := resource.TenantOf(a.config.Tenant, rawQuery, w.header)
	deleted := w.r.Method == http.MethodDelete && resp.Status < 300 && tenant.ID != ""
	here := &url.URL{Scheme: "https", Host: w.r.Host, Path: resource.Unescape(path, false), RawPath: path, RawQuery: rawQuery}
	c := changes{copies: vault.Keys{Prefix: tenant.Prefix()}}
	seen := map[string]bool{}
	contentKeys := httpcache.CacheGroupInvalidation(resp.Header)
	for i, u := range httpcache.InvalidationTargets(here, resp.Status, absoluteReferences(here, resp.Header)) {
		for _, t := range a.resourcesOf(u, w.header, tenant) {
			if i == 0 && a.config.UnsafeMethods == config.InvalidateKeys { // its own URL is the first
				contentKeys = append(contentKeys, t.keys...)
			}
			if seen[t.hash] {
				continue
			}
			seen[t.hash] = true
			purge := fence.Purge{Scopes: []fence.Scope{{Tenant: tenant.Prefix(), URL: t.hash}}}
			keys, copies := &purge.Soft, &c.copies.Soft
			if deleted && i == 0 {
				keys, copies = &purge.Hard, &c.copies.Hard
			}
			*keys = []string{surrogate.URLKey(t.hash)}
			if t.vaulted {
				*copies = append(*copies, surrogate.URLKey(t.hash))
			}
			c.purges = append(c.purges, purge)
		}
	}
	if len(contentKeys) > 0 {
		keys := purgeKeys(tenant.Prefix(), contentKeys)
		c.purges = append(c.purges, fence.Purge{Scopes: []fence.Scope{{Tenant: tenant.Prefix()}}, Soft: keys})
		c.copies.Soft = append(c.copies.Soft, keys...)
	}
	return c
}

// purgeKeys are the surrogate keys to purge for keys of content, each once.
func purgeKeys(prefix string, contentKeys []string) []string {
	var keys []string
	for _, contentKey := range contentKeys {
		for _, key := range surrogate.ForPurge(prefix, contentKey) {
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

func (a *App) purge(p fence.Purge) {
	if err := a.fence.Purge(p); err != nil {
		a.log("%v", err)
	}
}

// changedURL is a URL that cacheable requests have.
type changedURL struct {
	hash string // see [resource.Resource.URLHash]
	// vaulted says that the vault may have copies of its responses.
	vaulted bool
	// keys are those that its route makes from the path.
	keys []string
}

// resourcesOf returns the tenant's resources with a URL, none if the URL has
// another tenant's credential.
func (a *App) resourcesOf(u *url.URL, header http.Header, tenant resource.Tenant) []changedURL {
	raw, query := resource.Split(u)
	path, err := resource.NormalisePath(raw)
	if err != nil {
		return nil
	}
	if named := resource.TenantOf(a.config.Tenant, query, nil); named.ID != "" && named.ID != tenant.ID {
		return nil
	}
	var urls []changedURL
	for i, r := range resource.AtURL(a.config, resource.Request{Path: path, Query: query, Host: u.Host, Header: header}) {
		r.Tenant = tenant // Location need not repeat the credential
		urls = append(urls, changedURL{hash: r.URLHash(), vaulted: a.route(i).Vaulted(), keys: r.PathKeys(&a.config.Routes[i])})
	}
	return urls
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
