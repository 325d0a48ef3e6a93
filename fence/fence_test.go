package fence

import (
	"fmt"
	"testing"
	"time"

	"larder/corecache"
	"larder/corecache/coremodel"
)

const (
	tenant = "t0123456789a:"
	url    = "somehash"
)

// testFence is a fence over a cache in memory, with a clock to move.
type testFence struct {
	*Fence
	t     *testing.T
	cache *coremodel.Cache
	now   time.Time
	// purged are the keys purged so far, and whether softly.
	purged []string
	// broken is a key whose purge fails; down makes every lookup fail.
	broken string
	down   bool
}

// recording is the cache that the fence sees.
type recording struct {
	corecache.Cache
	of *testFence
}

func (r recording) Purge(key string, soft bool) error {
	r.of.purged = append(r.of.purged, fmt.Sprintf("%s %t", key, soft))
	if key == r.of.broken {
		return corecache.ErrUnexpected
	}
	return r.Cache.Purge(key, soft)
}

func (r recording) Lookup(key []byte, opts corecache.LookupOptions) (corecache.Found, error) {
	if r.of.down {
		return nil, corecache.ErrUnexpected
	}
	return r.Cache.Lookup(key, opts)
}

func newFence(t *testing.T) *testFence {
	f := &testFence{t: t, now: time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)}
	f.cache = coremodel.New(func() time.Time { return f.now })
	f.Fence = New(recording{f.cache, f}, 10*time.Second, t.Logf)
	return f
}

func (f *testFence) take(keys ...string) Lease {
	f.t.Helper()
	l, err := f.TakeLease("id1", Scope{Tenant: tenant, URL: url}, keys)
	if err != nil {
		f.t.Fatal(err)
	}
	return l
}

func (f *testFence) purge(p Purge) {
	f.t.Helper()
	if err := f.Fence.Purge(p); err != nil {
		f.t.Fatal(err)
	}
}
