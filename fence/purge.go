package fence

import (
	"errors"
	"fmt"

	"larder/surrogate"
)

// Purge is one purge.
type Purge struct {
	// Scopes whose leases end. A scope without a URL is all of the tenant's.
	Scopes []Scope
	// Everyone ends all leases of the service instead.
	Everyone bool
	// Hard keys lose their entries; Soft keys have theirs made stale.
	Hard, Soft []string
}

// Purge carries out a purge. The order matters: a fetch that begins once the
// leases are gone reads the origin after the edit.
//
//  1. Leases end, softly if nothing is purged hard.
//  2. Negative entries are removed: what the origin could not give before the
//     edit it may have now.
//  3. The keys of the content are purged, which ends the leases of the fetches
//     that expected them.
//  4. They are purged again. A host may go through its objects one by one. So
//     during step 3 a fetch could insert its entry too late to be purged, and
//     check its lease too early to see it end.
//
// The error joins those of all keys; keys after a failed one are purged too.
func (f *Fence) Purge(p Purge) error {
	var errs []error
	purge := func(soft bool, keys ...string) {
		for _, key := range keys {
			if err := f.cache.Purge(key, soft); err != nil {
				errs = append(errs, fmt.Errorf("purge %q: %w", key, err))
			}
		}
	}
	purge(len(p.Hard) == 0, p.leaseKeys(f.purgeDelay > 0)...)
	purge(false, p.negativeKeys()...)
	for range 2 {
		purge(false, p.Hard...)
		purge(true, p.Soft...)
	}
	return errors.Join(errs...)
}

// leaseKeys are the keys of the leases and of the quiet periods that end.
func (p Purge) leaseKeys(quiet bool) []string {
	if p.Everyone {
		return []string{surrogate.AllLeasesKey}
	}
	var keys []string
	for _, s := range p.Scopes {
		switch {
		case s.URL == "":
			keys = append(keys, surrogate.TenantLeaseKey(s.Tenant))
		case quiet:
			keys = append(keys, surrogate.TenantQuietKey(s.Tenant), surrogate.URLLeaseKey(s.URL))
		default:
			keys = append(keys, surrogate.URLLeaseKey(s.URL))
		}
	}
	return keys
}

func (p Purge) negativeKeys() []string {
	if p.Everyone {
		return []string{surrogate.AllNegativeKey}
	}
	keys := make([]string, len(p.Scopes))
	for i, s := range p.Scopes {
		if keys[i] = surrogate.TenantNegativeKey(s.Tenant); s.URL != "" {
			keys[i] = surrogate.URLNegativeKey(s.URL)
		}
	}
	return keys
}

// NegativeKeys are the surrogate keys of a negative entry: those by which
// purges remove it, and its own, for [Fence.SettleNegative].
func NegativeKeys(of Scope, id string) []string {
	return []string{
		surrogate.AllNegativeKey,
		surrogate.TenantNegativeKey(of.Tenant),
		surrogate.URLNegativeKey(of.URL),
		surrogate.NegativeKey(id),
	}
}

// DropEntry removes one entry.
func (f *Fence) DropEntry(id string) { f.own(surrogate.EntryKey(id), false) }

// ExpireEntry makes one entry stale.
func (f *Fence) ExpireEntry(id string) { f.own(surrogate.EntryKey(id), true) }

// own purges a key that belongs to one fetch, which no other fetch can undo.
func (f *Fence) own(key string, soft bool) {
	if err := f.cache.Purge(key, soft); err != nil {
		f.log("purge %q: %v", key, err)
	}
}
