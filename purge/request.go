package purge

import (
	"slices"

	"larder/fence"
	"larder/surrogate"
	"larder/vault"
)

// Request is a parsed purge request.
type Request struct {
	scopes []scope // whose content is purged
	keys   []string
	hard   []string // keys that are purged hard, whatever soft says
	soft   bool
	// all purges everything in the scopes, and vault the vault's copies of it
	// too.
	all, vault bool
	// dryRun asks what would be purged.
	dryRun bool
}

// scope is one tenant's content, or everyone's.
type scope struct {
	prefix string // of the surrogate keys
	all    string // on every entry
	// everyone says that it is the content of all tenants, whose leases all end.
	everyone bool
}

// everyone is the content of all tenants.
func everyone() scope { return scope{all: surrogate.AllKey, everyone: true} }

// scopeOf is the content under a tenant's prefix. The anonymous tenant has no
// prefix; where there are other tenants its entries carry a key of their own.
func scopeOf(prefix string, tenants bool) scope {
	if prefix == "" && tenants {
		return scope{all: surrogate.AnonymousKey}
	}
	return scope{prefix: prefix, all: prefix + surrogate.AllKey}
}

// forPurge returns the keys to purge for keys as content names them.
func (s scope) forPurge(named []string) []string {
	var keys []string
	for _, key := range named {
		if s.everyone {
			keys = append(keys, surrogate.ForPurgeOfAll(key)...)
		} else {
			keys = append(keys, surrogate.ForPurge(s.prefix, key)...)
		}
	}
	return keys
}

// surrogateKeys returns the keys to purge in the cache, hard ones apart; each
// once.
func (r *Request) surrogateKeys() (keys, hard []string) {
	for _, s := range r.scopes {
		if r.all {
			keys = append(keys, s.all)
		}
		keys = append(keys, s.forPurge(r.keys)...)
		hard = append(hard, s.forPurge(r.hard)...)
	}
	return unique(keys), unique(hard)
}

func unique(keys []string) []string {
	once := []string{} // a JSON list, even if empty
	seen := map[string]bool{}
	for _, key := range keys {
		if !seen[key] {
			seen[key] = true
			once = append(once, key)
		}
	}
	return once
}

// purge is what the fence is to do with keys that surrogateKeys has returned.
func (r *Request) purge(keys, hard []string) fence.Purge {
	var p fence.Purge
	for _, s := range r.scopes {
		p.Scopes = append(p.Scopes, fence.Scope{Tenant: s.prefix})
		p.Everyone = p.Everyone || s.everyone
	}
	if p.Hard = hard; r.soft {
		p.Soft = keys
	} else {
		p.Hard = slices.Concat(hard, keys)
	}
	return p
}

// vaultKeys returns the keys of the copies to purge in the vault.
func (r *Request) vaultKeys() []vault.Keys {
	var all []vault.Keys
	for _, s := range r.scopes {
		purged := s.forPurge(r.keys)
		if r.all && r.vault {
			purged = append(purged, s.all)
		}
		keys := vault.Keys{Prefix: s.prefix, Hard: s.forPurge(r.hard)}
		if r.soft {
			keys.Soft = purged
		} else {
			keys.Hard = append(keys.Hard, purged...)
		}
		all = append(all, keys)
	}
	return all
}
