package fence

import (
	"errors"
	"time"

	"larder/corecache"
	"larder/resource"
	"larder/surrogate"
)

// A purge reaches an edge and the shield at different times. A lease tells an
// edge of purges that come during its fetch. The purge quiet period tells it of
// those that came just before and may not have reached the shield yet: an
// object in the cache that every purge of the tenant ends, and whose age is the
// time since the last one. Until it is as old as the shield's purge delay, the
// shield's own copies are not trusted.

// quietTime is how long a quiet period is remembered at most.
const quietTime = 30 * 24 * time.Hour

func quietKey(tenant string) []byte { return []byte(resource.KeyVersion + "\nquiet\n" + tenant) }

// Quiet reports whether every purge of the tenant that reached this POP must
// have reached the shield too. Ask it with a lease in hand, because a purge
// that comes later ends the lease.
func (f *Fence) Quiet(tenant string) bool {
	found, err := f.cache.Lookup(quietKey(tenant), corecache.LookupOptions{})
	if err != nil { // not found, or the cache fails
		f.beginQuiet(tenant)
		return false
	}
	age, err := found.Age()
	stale := found.Stale()
	if errors.Join(err, found.Close()) != nil {
		return false
	}
	if stale {
		f.beginQuiet(tenant)
	}
	return !stale && age >= f.purgeDelay
}

func (f *Fence) beginQuiet(tenant string) {
	keys := []string{surrogate.AllLeasesKey, surrogate.TenantLeaseKey(tenant), surrogate.TenantQuietKey(tenant)}
	if err := f.mark(quietKey(tenant), quietTime, keys); err != nil {
		f.log("begin a purge quiet period: %v", err)
	}
}
