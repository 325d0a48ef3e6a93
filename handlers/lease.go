package handlers

import (
	"time"

	"larder/corecache"
	"larder/httpcache"
	"larder/resource"
	"larder/surrogate"
)

// The fence: a purge cannot touch what is still on its way from the origin, so
// every fetch takes a lease before it asks, and every purge ends all leases
// before it purges. A fetch whose lease is gone once its entry is inserted has
// met a purge, and makes its own entry stale. Insert first, check after: then
// either the purge saw the entry, or the fetch sees the purge.
//
// Between the insertion and the check others can see the entry. Whoever meets
// one that was inserted moments ago therefore looks at its lease himself. A
// fetch that has checked its lease turns it into one that no purge ends, since
// from then on purges see the entry itself. A soft purge ends leases softly, so
// that they can be told from those that a hard one has ended.
//
// Which items an answer has is known only once it is there, so a purge of any
// key ends the leases of all fetches that the same tenant has under way. One
// of a URL ends only those of that URL.

const (
	// leaseTime is longer than any fetch may take.
	leaseTime = 3 * time.Minute
	// probation is how long an entry's lease is looked at by those who use the
	// entry: much longer than the one who inserted it takes to check it.
	probation = 5 * time.Second
)

func leaseName(id string) []byte { return []byte(resource.KeyVersion + "\nlease\n" + id) }

// lease takes the lease of a fetch under the keys by which a purge ends it.
func (k *ask) lease(id string) error {
	return k.app.putLease(id, leaseTime, []string{
		surrogate.AllLeasesKey,
		surrogate.TenantLeaseKey(k.resource.Tenant.Prefix()),
		surrogate.URLLeaseKey(k.resource.URLHash()),
	})
}

func (a *App) putLease(id string, ttl time.Duration, keys []string) error {
	return a.mark(leaseName(id), ttl, keys, "")
}

// mark puts an object without a body into the cache. A soft purge leaves it
// there for as long again.
func (a *App) mark(key []byte, ttl time.Duration, keys []string, metadata string) error {
	w, err := a.cache.Insert(key, corecache.WriteOptions{
		TTL: ttl, StaleWhileRevalidate: ttl, SurrogateKeys: keys, UserMetadata: []byte(metadata), HasLength: true,
	})
	if err != nil {
		return err
	}
	return w.Close()
}

// standing is what purges have left of a lease.
type standing uint8

const (
	stands    standing = iota
	endedSoft          // what was fetched is to be revalidated
	endedHard          // what was fetched may have been deleted
)

// leased says what has come of a lease. Where the cache cannot say, it is
// taken as ended by a hard purge.
func (a *App) leased(id string) standing {
	f, err := a.cache.Lookup(leaseName(id), corecache.LookupOptions{})
	if err != nil {
		return endedHard
	}
	state := stands
	if f.Stale() {
		state = endedSoft
	}
	if f.Close() != nil {
		return endedHard
	}
	return state
}

// settle checks the lease of an entry that was just inserted: a purge that has
// overtaken the entry is made up for.
func (a *App) settle(id string) bool {
	var err error
	state := a.leased(id)
	switch state {
	case stands:
		err = a.putLease(id, a.settledTime(), nil)
	case endedSoft:
		err = a.cache.Purge(surrogate.EntryKey(id), true)
	default:
		err = a.cache.Purge(surrogate.EntryKey(id), false)
	}
	if err != nil {
		a.log("settle entry %s: %v", id, err)
	}
	return state == stands
}

// settledTime is how long a lease is looked at that no purge can end any more:
// by those who meet its entry on probation, and its calm while that is young.
func (a *App) settledTime() time.Duration {
	if a.config.Shield != nil {
		return max(2*probation, a.config.Shield.PurgeDelay)
	}
	return 2 * probation
}

// drop removes an entry that the origin has declared void.
func (a *App) drop(record *httpcache.StoredResponse) {
	a.purge(surrogate.EntryKey(record.ID), false)
}
