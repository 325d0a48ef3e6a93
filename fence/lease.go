package fence

import (
	"errors"
	"time"

	"larder/corecache"
	"larder/resource"
	"larder/surrogate"
)

const (
	// leaseTime is longer than any fetch may take.
	leaseTime = 3 * time.Minute
	// Probation is how long readers check the lease of an entry that they find:
	// much longer than the fetch takes to check it.
	Probation = 5 * time.Second
)

// Fence protects the entries of one POP. Its methods are safe for concurrent
// use if the cache's are.
type Fence struct {
	cache corecache.Cache
	// purgeDelay is how long a purge may take from here to the shield.
	purgeDelay time.Duration
	log        func(format string, args ...any)
}

// New returns the fence of a cache. purgeDelay is config.Shield's, or zero
// without a shield.
func New(cache corecache.Cache, purgeDelay time.Duration, log func(format string, args ...any)) *Fence {
	return &Fence{cache: cache, purgeDelay: purgeDelay, log: log}
}

// Scope says whose leases a purge ends.
type Scope struct {
	// Tenant is the prefix of the tenant's surrogate keys.
	Tenant string
	// URL is the hash of the tenant's URL; see [surrogate.URLKey].
	URL string
}

// Lease is a fetch's claim that no purge has come since it began.
type Lease struct {
	// ID of the lease, and of the entry that the fetch makes.
	ID      string
	covered map[string]struct{}
}

// TakeLease begins a fetch. keys are the surrogate keys that its answer is
// expected to have. After an error no purge would be noticed, so what is
// fetched must not be stored.
func (f *Fence) TakeLease(id string, of Scope, keys []string) (Lease, error) {
	l := Lease{ID: id, covered: make(map[string]struct{}, len(keys))}
	for _, key := range keys {
		l.covered[key] = struct{}{}
	}
	tenant := []string{surrogate.AllLeasesKey, surrogate.TenantLeaseKey(of.Tenant), surrogate.URLLeaseKey(of.URL)}
	return l, errors.Join(
		f.mark(tenantLease(id), leaseTime, tenant),
		f.mark(keysLease(id), leaseTime, keys))
}

// Covers reports whether the keys lease covers all keys of the answer, beside
// the one of its own entry.
func (l Lease) Covers(keys []string) bool {
	for _, key := range keys {
		if _, ok := l.covered[key]; !ok && key != surrogate.EntryKey(l.ID) {
			return false
		}
	}
	return true
}

func tenantLease(id string) []byte { return []byte(resource.KeyVersion + "\nlease\n" + id) }
func keysLease(id string) []byte   { return []byte(resource.KeyVersion + "\nkeys-lease\n" + id) }

// mark stores an object without a body. A soft purge leaves it there, stale,
// for as long again.
func (f *Fence) mark(key []byte, ttl time.Duration, keys []string) error {
	w, err := f.cache.Insert(key, corecache.WriteOptions{
		TTL: ttl, StaleWhileRevalidate: ttl, SurrogateKeys: keys, HasLength: true,
	})
	if err != nil {
		return err
	}
	return w.Close()
}

// State is what purges have left of a lease.
type State uint8

const (
	// Standing: no purge has come.
	Standing State = iota
	// EndedSoft: what was fetched must be revalidated before it is used.
	EndedSoft
	// EndedHard: what was fetched may have been deleted.
	EndedHard
)

// Check returns the state of a lease. covered says that the keys lease counts.
// If the cache cannot tell, the lease counts as ended by a hard purge.
func (f *Fence) Check(id string, covered bool) State {
	key := tenantLease(id)
	if covered {
		key = keysLease(id)
	}
	found, err := f.cache.Lookup(key, corecache.LookupOptions{})
	if err != nil {
		return EndedHard
	}
	state := Standing
	if found.Stale() {
		state = EndedSoft
	}
	if found.Close() != nil {
		return EndedHard
	}
	return state
}

// OnProbation is [Fence.Check] for an entry of this age in the cache: entries
// past their probation are standing.
func (f *Fence) OnProbation(id string, covered bool, age time.Duration) State {
	if age >= Probation {
		return Standing
	}
	return f.Check(id, covered)
}

// Settle checks the lease of an entry that was just inserted, and purges the
// entry if a purge came during the fetch.
func (f *Fence) Settle(id string, covered bool) State {
	state := f.Check(id, covered)
	var err error
	switch {
	case state == Standing && !covered:
		err = f.release(id)
	case state == EndedSoft:
		err = f.cache.Purge(surrogate.EntryKey(id), true)
	case state == EndedHard:
		err = f.cache.Purge(surrogate.EntryKey(id), false)
	}
	if err != nil {
		f.log("settle entry %s: %v", id, err)
	}
	return state
}

// SettleNegative is Settle for a negative entry. What was asked before a purge,
// of whatever key, says nothing of what there is now.
func (f *Fence) SettleNegative(id string) {
	var err error
	if f.Check(id, false) == Standing {
		err = f.release(id)
	} else {
		err = f.cache.Purge(surrogate.NegativeKey(id), false)
	}
	if err != nil {
		f.log("settle negative entry %s: %v", id, err)
	}
}

// release replaces a tenant lease by one that no purge ends: from now on purges
// reach the entry itself.
func (f *Fence) release(id string) error { return f.mark(tenantLease(id), 2*Probation, nil) }
