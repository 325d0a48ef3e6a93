package vault

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"larder/config"
	"larder/corecache"
	"larder/httpcache"
)

// Margin is by how much the clocks of two places may differ.
const Margin = 2 * time.Second

// Vault keeps copies of answers. A nil Vault keeps none and finds none. It may
// be used from several goroutines if its parts may be.
type Vault struct {
	config config.Vault
	kv     KV
	notes  corecache.Cache
	clock  Clock
	health health
}

// Clock is the wall clock.
type Clock struct {
	Now   func() time.Time
	Sleep func(time.Duration)
}

// New returns the vault that a configuration asks for: nil where cfg is nil.
// notes is the cache of this place, where the vault remembers what it wrote.
func New(cfg *config.Vault, kv KV, notes corecache.Cache, clock Clock) *Vault {
	if cfg == nil {
		return nil
	}
	return &Vault{config: *cfg, kv: kv, notes: notes, clock: clock}
}

func (v *Vault) now() time.Time { return v.clock.Now() }

// Wants reports whether [Vault.Save] would write this answer. It costs a lookup
// in the cache.
func (v *Vault) Wants(key []byte, record *httpcache.StoredResponse) bool {
	return v.wants(key, record, record.Length, false)
}

// Confirms reports whether a hit should call [Vault.Confirm]: seen is when the
// cache had the entry, unpurged. For the most part it asks nobody; for hits on
// an entry that was received some seconds ago it costs a lookup in the cache.
//
// It is there for what is fetched just after a purge. As far as clocks go that
// cannot be told from what came before, and its copy counts as purged. An
// entry that no purge has touched some time later proves that it is newer.
// Only what is in demand is fetched so soon, so that the hits of less than a
// minute suffice.
func (v *Vault) Confirms(key []byte, record *httpcache.StoredResponse, seen time.Time) bool {
	if v == nil {
		return false
	}
	since := seen.Sub(record.Received)
	return since > PurgeTime+Margin && since <= time.Minute && v.wants(key, record, record.Length, true)
}

// PurgeTime is how long a purge may take from the time under which it is noted
// to the moment at which no cache has the content any more.
const PurgeTime = 15 * time.Second

// wants reports whether there is something to write.
func (v *Vault) wants(key []byte, record *httpcache.StoredResponse, length int64, confirmed bool) bool {
	if v == nil || v.health.isOff() || !v.keeps(record, length) && (confirmed || !forbids(record)) {
		return false
	}
	n, ok := v.readNote(copyName(key))
	return !ok || n.content != content(record) || confirmed && !n.confirmed
}

// forbids reports whether the origin forbids stale copies of an answer, and so
// older ones of other answers too.
func forbids(record *httpcache.StoredResponse) bool {
	return record.Kind == httpcache.KindResponse && (record.MustRevalidate || record.NoCache)
}

// keeps reports whether an answer may stand in for a failing origin at all.
// Where the operator or the origin forbids stale answers it may not.
func (v *Vault) keeps(record *httpcache.StoredResponse, length int64) bool {
	if record.Kind != httpcache.KindResponse || record.Partial || length > v.config.MaxBody || record.Length != length {
		return false
	}
	if forbids(record) || record.StaleIfError <= 0 {
		return false
	}
	switch record.Status {
	case http.StatusOK, http.StatusMovedPermanently, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// Save keeps a copy of an answer under its cache key. Call it for what was
// fetched and kept in the cache, after the client has its answer. asked is
// when the origin was asked. It writes at most once per entry and interval,
// unless the content has changed or was purged. Where the answer forbids stale
// copies it removes what there is.
//
// The key must tell apart everything that Vary does; an answer that the cache
// keeps as a variant has no such key, and is not for the vault. Neither is
// what came from the vault.
//
// What is not worth a copy is not an error. An error is for the log alone.
func (v *Vault) Save(key []byte, tenantPrefix string, record *httpcache.StoredResponse, body []byte, asked time.Time) error {
	if !v.wants(key, record, int64(len(body)), false) {
		return nil
	}
	if forbids(record) {
		return v.Forget(key)
	}
	s := &stored{record: *record, body: body, prefix: tenantPrefix, current: asked}
	return v.write(copyName(key), s, false)
}

// SaveOvertaken is [Vault.Save] for an answer that a purge has overtaken on its
// way into the cache. It may be all that there is in an outage; what comes next
// is copied too, even if it is the same.
func (v *Vault) SaveOvertaken(key []byte, tenantPrefix string, record *httpcache.StoredResponse, body []byte, asked time.Time) error {
	if !v.wants(key, record, int64(len(body)), false) || forbids(record) {
		return nil
	}
	s := &stored{record: *record, body: body, prefix: tenantPrefix, current: asked}
	return v.insert(copyName(key), s)
}

// Confirm renews the copy of an answer that the cache still had, unpurged, at
// the time seen. Call it where [Vault.Confirms] says so; otherwise it is as
// [Vault.Save].
func (v *Vault) Confirm(key []byte, tenantPrefix string, record *httpcache.StoredResponse, body []byte, seen time.Time) error {
	if !v.wants(key, record, int64(len(body)), true) {
		return nil
	}
	s := &stored{record: *record, body: body, prefix: tenantPrefix, current: seen.Add(-PurgeTime)}
	return v.write(copyName(key), s, true)
}

// write inserts a copy, and notes what it is.
func (v *Vault) write(name string, s *stored, confirmed bool) error {
	n, keys := note{content: content(&s.record), confirmed: confirmed}, s.record.Keys
	// The note comes first, so that others do not write the same copy.
	noteErr := v.writeNote(name, n, v.config.Interval, keys)
	err := v.insert(name, s)
	if err != nil {
		// Somebody else may try soon, but not everybody at once.
		noteErr = v.writeNote(name, n, min(v.config.Interval, retryPause), keys)
	}
	return errors.Join(err, noteErr)
}

// retryPause is how long a place leaves a copy alone that it could not write.
const retryPause = 5 * time.Second

// writeTime is how long one request tries to write a copy. Nobody waits for it.
const writeTime = time.Second

// insert writes a copy to the store.
func (v *Vault) insert(name string, s *stored) error {
	value, err := s.encode()
	if err != nil {
		return fmt.Errorf("save a copy: %w", err)
	}
	err = v.persist(v.now().Add(writeTime), func() error {
		return v.kv.Insert(name, value, InsertOptions{TTL: v.config.MaxAge + time.Minute})
	})
	if err != nil {
		v.health.failed(err, v.now())
		return fmt.Errorf("save a copy: %w", err)
	}
	v.health.worked()
	return nil
}

// Forget removes the copy for a key, because the origin itself has said that
// there is no such answer any more. It is no substitute for a purge: a copy
// that another place is just writing stays.
func (v *Vault) Forget(key []byte) error {
	if v == nil || v.health.isOff() {
		return nil
	}
	name := copyName(key)
	// What comes next is to be copied, even if it is what was there.
	noteErr := v.writeNote(name, note{content: noContent}, v.config.Interval, nil)
	err := v.persist(v.now().Add(writeTime), func() error { return v.kv.Delete(name) })
	if err == nil || errors.Is(err, ErrNotFound) {
		v.health.worked()
		return noteErr
	}
	v.health.failed(err, v.now())
	return errors.Join(fmt.Errorf("forget a copy: %w", err), noteErr)
}
