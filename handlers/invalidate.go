package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"larder/httpcache"
	"larder/origin"
	"larder/resource"
	"larder/surrogate"
	"larder/vault"
)

// invalidate makes stale what an unsafe request has changed, as far as HTTP
// tells (RFC 9111 §4.4, RFC 9875 §3): what is kept for its URL, for those that
// Location and Content-Location name, and for the groups that the origin
// names. What was deleted must not come back, so it is not made stale but taken
// away: the tenant's own, or all tenants' where the request does not say
// whose. Leases go first, as with every purge. The vault hears of changes once
// the client has its answer.
func (a *App) invalidate(x *exchange, path, rawQuery string, resp *origin.Response) {
	if !httpcache.Invalidates(x.r.Method, resp.Status) {
		return
	}
	deleted := x.r.Method == http.MethodDelete && resp.Status < 300
	here := &url.URL{Scheme: "https", Host: x.r.Host, Path: resource.Unescape(path, false), RawPath: path, RawQuery: rawQuery}
	var changed []string
	for i, u := range httpcache.InvalidationTargets(here, absoluteReferences(here, resp.Header)) {
		for _, t := range a.resourcesOf(u, x.header) {
			key := surrogate.URLKey(t.URLHash())
			if slices.Contains(changed, key) {
				continue
			}
			a.invalidateURL(x, &t, deleted && i == 0) // its own URL is the first
			changed = append(changed, key)
		}
	}
	groups := httpcache.CacheGroupInvalidation(resp.Header)
	prefix := resource.TenantOf(a.config.Tenant, rawQuery, x.header).Prefix()
	if a.config.Tenant != nil && prefix == "" {
		groups = slices.DeleteFunc(groups, surrogate.Reserved)
	}
	a.invalidateGroups(prefix, groups)
	if a.vault == nil || len(changed)+len(groups) == 0 {
		return
	}
	write := a.vault.Purge(vault.Purge{Settled: a.now(), Keys: []vault.Keys{{Soft: changed}, {Prefix: prefix, Soft: forPurge(prefix, groups)}}})
	x.later(func() {
		if err := write.Run(a.now().Add(changedTime)); err != nil {
			a.log("record in the vault that %s has changed: %v", path, err)
		}
	})
}

// invalidateURL makes stale what all tenants have for a URL, or takes away what
// this one has.
func (a *App) invalidateURL(x *exchange, t *resource.Resource, gone bool) {
	if a.config.Shield != nil {
		a.purge(surrogate.AllCalmKey, !gone)
	}
	a.purge(surrogate.URLLeaseKey(t.URLHash()), !gone)
	a.purge(surrogate.URLNoteKey(t.URLHash()), false)
	if gone {
		own := surrogate.URLKey(t.OwnHash())
		a.recordGone(x, t, own)
		a.purge(own, false)
	}
	a.purge(surrogate.URLKey(t.URLHash()), true)
}

const (
	// changedTime is how long the vault is tried once the client has its answer
	// to a change.
	changedTime = 10 * time.Second
	// goneTime is how long a client waits until the vault has recorded a
	// deletion.
	goneTime = 500 * time.Millisecond
	// goneLaterTime is how long that is tried once the client has its answer.
	goneLaterTime = 30 * time.Second
)

// recordGone records in the vault that a URL was deleted. The origin has
// deleted it already, so a store that fails does not change the answer.
func (a *App) recordGone(x *exchange, t *resource.Resource, own string) {
	write := a.vault.Purge(vault.Purge{Settled: a.now(), Keys: []vault.Keys{{Hard: []string{own}}}})
	err := write.Run(a.now().Add(goneTime))
	if err == nil {
		return
	}
	a.log("record in the vault that %s is gone, and try again: %v", t.Path, err)
	key := t.Key
	x.later(func() {
		if err := errors.Join(a.vault.Forget(key), write.Run(a.now().Add(goneLaterTime))); err != nil {
			a.log("record in the vault that %s is gone: %v", t.Path, err)
		}
	})
}

func (a *App) invalidateGroups(prefix string, groups []string) {
	if len(groups) == 0 {
		return
	}
	a.purge(surrogate.TenantLeaseKey(prefix), true)
	a.purge(surrogate.TenantNoteKey(prefix), false)
	for _, key := range forPurge(prefix, groups) {
		a.purge(key, true)
	}
}

func forPurge(prefix string, groups []string) []string {
	var keys []string
	for _, group := range groups {
		keys = append(keys, surrogate.ForPurge(prefix, group)...)
	}
	return keys
}

func (a *App) purge(key string, soft bool) {
	if err := a.cache.Purge(key, soft); err != nil {
		a.log("purge %q: %v", key, err)
	}
}

// resourcesOf returns what requests for a URL would ask for whose answers are
// kept. Each method can have a route of its own, which reads the query in its
// own way.
func (a *App) resourcesOf(u *url.URL, header http.Header) []resource.Resource {
	raw, query := resource.Split(u)
	path, err := resource.NormalisePath(raw)
	if err != nil {
		return nil
	}
	var resources []resource.Resource
	for _, method := range [...]string{http.MethodGet, http.MethodHead, methodQuery} {
		r, vars, err := a.match(method, path)
		if err != nil || !r.keeps(method) {
			continue
		}
		request := resource.Request{Path: path, Query: query, Host: u.Host, Header: header}
		resources = append(resources, resource.New(a.config, r.Route, vars, request))
	}
	return resources
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
