package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"larder/fence"
	"larder/httpcache"
	"larder/origin"
	"larder/resource"
	"larder/surrogate"
	"larder/vault"
)

// invalidate makes stale what an unsafe request has changed, as far as HTTP
// tells (RFC 9111 §4.4, RFC 9875 §3): what is stored for its URL, for those that
// Location and Content-Location name, and for the groups that the origin
// names. What was deleted must not come back, so it is removed: the tenant's
// own, or all tenants' where the request does not say whose. It returns what
// the vault is to be told once the client has its answer.
func (a *App) invalidate(w *responder, path, rawQuery string, resp *origin.Response) (later []func()) {
	if !httpcache.Invalidates(w.r.Method, resp.Status) {
		return nil
	}
	deleted := w.r.Method == http.MethodDelete && resp.Status < 300
	here := &url.URL{Scheme: "https", Host: w.r.Host, Path: resource.Unescape(path, false), RawPath: path, RawQuery: rawQuery}
	var changed []string
	for i, u := range httpcache.InvalidationTargets(here, absoluteReferences(here, resp.Header)) {
		for _, t := range a.resourcesOf(u, w.header) {
			key := surrogate.URLKey(t.URLHash())
			if slices.Contains(changed, key) {
				continue
			}
			changed = append(changed, key)
			purge := fence.Purge{Scopes: []fence.Scope{{URL: t.URLHash()}}, Soft: []string{key}}
			if deleted && i == 0 { // its own URL is the first
				own := surrogate.URLKey(t.OwnHash())
				later = append(later, a.deleteCopy(t, own)...)
				purge.Hard = []string{own}
			}
			a.purge(purge)
		}
	}
	groups := httpcache.CacheGroupInvalidation(resp.Header)
	prefix := resource.TenantOf(a.config.Tenant, rawQuery, w.header).Prefix()
	if a.config.Tenant != nil && prefix == "" {
		groups = slices.DeleteFunc(groups, surrogate.Reserved)
	}
	a.invalidateGroups(prefix, groups)
	if a.vault == nil || len(changed)+len(groups) == 0 {
		return later
	}
	write := a.vault.Purge(vault.Purge{Settled: a.now(), Keys: []vault.Keys{{Soft: changed}, {Prefix: prefix, Soft: groupKeys(prefix, groups)}}})
	return append(later, func() {
		if err := write.Run(a.now().Add(changedTime)); err != nil {
			a.log("record in the vault that %s has changed: %v", path, err)
		}
	})
}

func (a *App) invalidateGroups(prefix string, groups []string) {
	if len(groups) == 0 {
		return
	}
	a.purge(fence.Purge{Scopes: []fence.Scope{{Tenant: prefix}}, Soft: groupKeys(prefix, groups)})
}

// groupKeys are the surrogate keys to purge for groups.
func groupKeys(prefix string, groups []string) []string {
	var keys []string
	for _, group := range groups {
		keys = append(keys, surrogate.ForPurge(prefix, group)...)
	}
	return keys
}

func (a *App) purge(p fence.Purge) {
	if err := a.fence.Purge(p); err != nil {
		a.log("%v", err)
	}
}

const (
	// changedTime is how long the vault is tried once the client has its answer
	// to a change.
	changedTime = 10 * time.Second
	// goneTime is how long a client waits until the vault has recorded a
	// deletion, and goneLaterTime how long that is tried after the answer.
	goneTime      = 500 * time.Millisecond
	goneLaterTime = 30 * time.Second
)

// deleteCopy records in the vault that a URL was deleted. The origin has deleted
// it already, so a store that fails does not change the answer: what it returns
// tries again.
func (a *App) deleteCopy(t resource.Resource, own string) []func() {
	write := a.vault.Purge(vault.Purge{Settled: a.now(), Keys: []vault.Keys{{Hard: []string{own}}}})
	err := write.Run(a.now().Add(goneTime))
	if err == nil {
		return nil
	}
	a.log("record in the vault that %s is gone, and try again: %v", t.Path, err)
	return []func(){func() {
		if err := errors.Join(a.vault.Forget(t.Key), write.Run(a.now().Add(goneLaterTime))); err != nil {
			a.log("record in the vault that %s is gone: %v", t.Path, err)
		}
	}}
}

// resourcesOf returns the resources of the cacheable requests for a URL. Each
// method can have a route of its own, which reads the query in its own way.
func (a *App) resourcesOf(u *url.URL, header http.Header) []resource.Resource {
	raw, query := resource.Split(u)
	path, err := resource.NormalisePath(raw)
	if err != nil {
		return nil
	}
	var resources []resource.Resource
	for _, method := range cachedMethods {
		m, ok := a.match(method, path, query)
		if !ok || !m.route.Caches(method) {
			continue
		}
		request := resource.Request{Path: path, Query: query, Host: u.Host, Header: header}
		resources = append(resources, resource.New(a.config, m.route.Route, m.vars, request))
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
