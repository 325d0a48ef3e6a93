package handlers

import (
	"errors"
	"strings"
	"time"

	"larder/corecache"
	"larder/resource"
	"larder/surrogate"
)

// A purge reaches an edge and the shield at different times. A lease tells an
// edge of purges that come while it fetches. That one came just before, and may
// not have reached the shield yet, it knows by its calm: an object in its cache
// that any purge takes away, as old as the quiet since the last one. While the
// calm is young, the shield's answers must come from the origins.
//
// A soft purge only makes the calm stale. A hard one takes it away, and a place
// that has none cannot know: what is deleted may still be at the shield, so for
// a while a copy of the shield's is not taken in an outage either.

// calm is how long no purge has come to this place.
type calm uint8

const (
	// calmLong: the last purge has reached the shield.
	calmLong calm = iota
	// calmStirred: there was a soft purge lately.
	calmStirred
	// calmBroken: there was a hard purge lately, or perhaps.
	calmBroken
)

// calmTime is how long a calm is kept at most.
const calmTime = 30 * 24 * time.Hour

// The metadata of a calm is how the one before it ended. After a soft purge it
// has the lease of the fetch that began it as well: a hard purge that came just
// before the calm was there has not found the calm, but it has that lease.
const (
	afterSoft = "s"
	afterHard = "h"
)

func (k *ask) calmName() []byte {
	return []byte(resource.KeyVersion + "\ncalm\n" + k.resource.Tenant.Prefix())
}

// calm says how long no purge has come here. Ask it with a lease in hand, by
// its ID: a purge that comes later then ends the lease.
func (k *ask) calm(lease string) calm {
	if !k.app.shield.Enabled() {
		return calmBroken // whoever is asked then is no shield
	}
	f, err := k.app.cache.Lookup(k.calmName(), corecache.LookupOptions{})
	if err != nil { // not found, or the cache fails
		k.beginCalm(afterHard)
		return calmBroken
	}
	age, ageErr := f.Age()
	metadata, err := f.UserMetadata()
	stale := f.Stale()
	if errors.Join(ageErr, err, f.Close()) != nil {
		return calmBroken
	}
	if age >= k.app.config.Shield.PurgeDelay {
		if !stale {
			return calmLong
		}
		return k.stirred(lease)
	}
	beganWith, soft := strings.CutPrefix(string(metadata), afterSoft)
	if !soft || k.app.leased(beganWith) == endedHard {
		if stale {
			k.beginCalm(afterHard)
		}
		return calmBroken
	}
	if stale {
		return k.stirred(lease)
	}
	return calmStirred
}

// stirred begins a new calm after a soft purge.
func (k *ask) stirred(lease string) calm {
	k.beginCalm(afterSoft + lease)
	if k.app.leased(lease) == endedHard {
		return calmBroken
	}
	return calmStirred
}

func (k *ask) beginCalm(metadata string) {
	keys := []string{surrogate.AllLeasesKey, surrogate.TenantLeaseKey(k.resource.Tenant.Prefix()), surrogate.AllCalmKey}
	if err := k.app.mark(k.calmName(), calmTime, keys, metadata); err != nil {
		k.app.log("begin a calm: %v", err)
	}
}
