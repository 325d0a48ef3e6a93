package vault

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"larder/httpcache"
)

const (
	// MaxLoadCalls is how many calls to the KV Store a [Vault.Load] makes at
	// most: the copy, six logs of the tenant, the service's log, the URL's,
	// and one call that is tried again.
	MaxLoadCalls = 1 + shards + 1 + 1 + 1
	// slowLookup is how long the KV Store may take over a key that is new in a
	// place, as the keys of a cold one are (Fastly, «Data stores»).
	slowLookup = 300 * time.Millisecond
	// patience is after how long a Load makes no more calls: all of them may be
	// slow.
	patience = (MaxLoadCalls + 2) * slowLookup
)

// ErrNone means that there is no copy that may be given. What it wraps or says
// beside that is for the log.
var ErrNone = errors.New("no copy in the vault")

// Copy is a copy that may be given.
type Copy struct {
	// Record of the answer, as it was stored.
	Record httpcache.StoredResponse
	Body   []byte
	// Age of the answer now, as RFC 9111 §4.2.3 counts it.
	Age time.Duration
	// Superseded says that its content was purged softly since: it is
	// outdated, and still better than an error.
	Superseded bool
}

// Load returns the copy that was saved for a cache key. Every error wraps
// [ErrNone]. Call it where all origins have failed and the cache has nothing;
// keep what it returns in the cache for a moment, or every request pays for
// the calls again.
func (v *Vault) Load(key []byte, tenantPrefix string) (*Copy, error) {
	if v == nil || v.health.isOff() {
		return nil, ErrNone
	}
	r := reading{vault: v, until: v.now().Add(patience), spare: 1}
	c, err := r.load(copyName(key), tenantPrefix)
	if err == nil {
		return c, nil
	}
	if errors.Is(err, ErrNone) || errors.Is(err, ErrNotFound) {
		return nil, ErrNone
	}
	v.health.failed(err, v.now())
	return nil, fmt.Errorf("%w: %w", ErrNone, err)
}

// reading is one Load under way.
type reading struct {
	vault *Vault
	until time.Time
	spare int // second tries that are left
}

func (r *reading) load(name, prefix string) (*Copy, error) {
	entry, err := r.lookup(name)
	if err != nil {
		return nil, err
	}
	s, err := decode(entry.Value)
	if err != nil {
		return nil, fmt.Errorf("read a copy: %w", err)
	}
	now := r.vault.now()
	if s.prefix != prefix || now.Sub(s.current) > r.vault.config.MaxAge {
		return nil, ErrNone
	}
	deleted, superseded, err := r.purged(s)
	if err != nil {
		return nil, err
	}
	if deleted || superseded && !r.vault.config.Superseded {
		return nil, ErrNone
	}
	return &Copy{
		Record:     s.record,
		Body:       s.body,
		Age:        s.record.InitialAge + max(0, now.Sub(s.record.Received)),
		Superseded: superseded,
	}, nil
}

// purged looks the copy's surrogate keys up in their logs. Without all of them
// nobody knows what was deleted.
func (r *reading) purged(s *stored) (deleted, superseded bool, err error) {
	keys := map[string][]uint64{}
	var names []string // in the order of the keys, whose first say most
	for _, key := range s.record.Keys {
		name := logName(s.prefix, key)
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		keys[name] = append(keys[name], keyHash(key))
	}
	for _, name := range names {
		log, err := r.log(name)
		if err != nil {
			return false, false, err
		}
		for _, hash := range keys[name] {
			t := log.of(hash)
			if covers(t.hard, s.current) {
				return true, true, nil
			}
			superseded = superseded || covers(t.soft, s.current)
		}
	}
	return false, superseded, nil
}

func (r *reading) log(name string) (*purgeLog, error) {
	entry, err := r.lookup(name)
	if errors.Is(err, ErrNotFound) {
		return &purgeLog{}, nil
	}
	if err != nil {
		return nil, err
	}
	log, err := decodeLog(entry.Value)
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", name, err)
	}
	return log, nil
}

// lookup asks the KV Store, and once per Load a second time.
func (r *reading) lookup(name string) (Entry, error) {
	for {
		if r.vault.now().After(r.until) {
			return Entry{}, errSlow
		}
		entry, err := r.vault.kv.Lookup(name)
		if err == nil || errors.Is(err, ErrNotFound) {
			r.vault.health.worked()
			return entry, err
		}
		if r.spare == 0 || errors.Is(err, ErrNoStore) {
			return Entry{}, err
		}
		r.spare--
	}
}
