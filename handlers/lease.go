package handlers

import (
	"time"

	"larder/corecache"
	"larder/httpcache"
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
// from then on purges see the entry itself.
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

func leaseName(id string) []byte { return []byte(keyVersion + "\nlease\n" + id) }

// lease takes the lease of a fetch under the keys by which a purge ends it.
func (k *ask) lease(id string) error {
	return k.app.putLease(id, leaseTime, []string{
		surrogate.AllLeasesKey,
		surrogate.TenantLeaseKey(k.target.tenant.prefix()),
		surrogate.URLLeaseKey(urlHash(k.target.host, k.target.path, k.target.query)),
	})
}

func (a *App) putLease(id string, ttl time.Duration, keys []string) error {
	w, err := a.cache.Insert(leaseName(id), corecache.WriteOptions{TTL: ttl, SurrogateKeys: keys, HasLength: true})
	if err != nil {
		return err
	}
	return w.Close()
}

// leased reports whether no purge has come since the lease was taken. Where
// the cache cannot say, it is taken as gone.
func (a *App) leased(id string) bool {
	f, err := a.cache.Lookup(leaseName(id), corecache.LookupOptions{})
	if err != nil {
		return false
	}
	return f.Close() == nil
}

// settle checks the lease of an entry that was just inserted: the entry is
// made stale if a purge has overtaken it. It reports whether none has.
func (a *App) settle(id string) bool {
	held := a.leased(id)
	var err error
	if held {
		err = a.putLease(id, 2*probation, nil)
	} else {
		err = a.cache.Purge(surrogate.EntryKey(id), true)
	}
	if err != nil {
		a.log("settle entry %s: %v", id, err)
	}
	return held
}

// drop removes an entry that the origin has declared void.
func (a *App) drop(record *httpcache.StoredResponse) {
	a.purge(surrogate.EntryKey(record.ID), false)
}
