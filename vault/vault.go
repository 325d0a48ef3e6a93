package vault

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"larder/config"
	"larder/corecache"
	"larder/httpcache"
)

// Margin is how far the clocks of two POPs may differ.
const Margin = 2 * time.Second

// Vault stores copies of responses. A nil Vault stores none and finds none.
// It is safe for concurrent use if its parts are.
type Vault struct {
	config  config.Vault
	kv      KV
	markers corecache.Cache
	clock   Clock
	health  health
}

// Clock is the wall clock.
type Clock struct {
	Now   func() time.Time
	Sleep func(time.Duration)
}

// New returns the vault for a configuration: nil if cfg is nil. cache is the
// POP's own, where the vault marks what it has written.
func New(cfg *config.Vault, kv KV, cache corecache.Cache, clock Clock) *Vault {
	if cfg == nil {
		return nil
	}
	return &Vault{config: *cfg, kv: kv, markers: cache, clock: clock}
}

func (v *Vault) now() time.Time { return v.clock.Now() }

// Wants reports whether [Vault.Save] would do anything for a response. It costs
// one lookup in the cache.
func (v *Vault) Wants(key []byte, record *httpcache.StoredResponse) bool {
	if v == nil || v.health.isOff() || !v.eligible(record) && !forbidsStale(record) {
		return false
	}
	return strings.TrimSuffix(v.readMarker(copyName(key)), confirmedMark) != fingerprint(record)
}

// Confirms reports whether a hit should call [Vault.Confirm]. seen is when the
// cache had the entry, unpurged. It costs one lookup in the cache if the entry
// was received some seconds ago, and nothing otherwise.
//
// As far as clocks tell, a response fetched just after a purge may be older
// than it, so its copy counts as purged. An entry that no purge has touched for
// longer than a purge takes is newer. Only popular entries are fetched that
// soon, so the hits of less than a minute are enough.
func (v *Vault) Confirms(key []byte, record *httpcache.StoredResponse, seen time.Time) bool {
	if v == nil || v.health.isOff() || !v.eligible(record) {
		return false
	}
	since := seen.Sub(record.Received)
	if since <= PurgeTime+Margin || since > time.Minute {
		return false
	}
	return v.readMarker(copyName(key)) != fingerprint(record)+confirmedMark
}

// forbidsStale reports whether the origin forbids stale responses, and so
// older copies too.
func forbidsStale(record *httpcache.StoredResponse) bool {
	return record.MustRevalidate || record.NoCache
}

// eligible reports whether a response may be served while the origins fail.
func (v *Vault) eligible(record *httpcache.StoredResponse) bool {
	if record.Partial || forbidsStale(record) || record.StaleIfError <= 0 {
		return false
	}
	if record.Length < 0 || record.Length > v.config.MaxBody {
		return false
	}
	switch record.Status {
	case http.StatusOK, http.StatusMovedPermanently, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// Save stores a copy of a response under its cache key. Call it for responses
// that were fetched and stored in the cache, after the client has its answer.
// asked is when the origin was asked. It writes at most once per entry and
// interval, unless the content has changed or was purged. If the response
// forbids stale copies it removes the one there is.
//
// The key must tell apart everything that Vary does. Do not call Save for
// variants, whose key does not, or for responses that came from the vault.
//
// It is no error if the response is not eligible or body is not all of it.
// Errors are for the log only.
func (v *Vault) Save(key []byte, tenantPrefix string, record *httpcache.StoredResponse, body []byte, asked time.Time) error {
	if !v.Wants(key, record) {
		return nil
	}
	if forbidsStale(record) {
		return v.Forget(key, record.Keys)
	}
	if int64(len(body)) != record.Length {
		return nil
	}
	return v.write(key, &stored{record: *record, body: body, prefix: tenantPrefix, current: asked}, fingerprint(record))
}

// SaveRaced is [Vault.Save] for a response that was raced by a purge. Its copy
// may be all there is in an outage; the next response is copied as well, even
// if it is the same.
func (v *Vault) SaveRaced(key []byte, tenantPrefix string, record *httpcache.StoredResponse, body []byte, asked time.Time) error {
	if !v.Wants(key, record) || forbidsStale(record) || int64(len(body)) != record.Length {
		return nil
	}
	return v.insert(copyName(key), &stored{record: *record, body: body, prefix: tenantPrefix, current: asked})
}

// Confirm renews the copy of a response that the cache still had, unpurged, at
// the time seen. Like [Vault.Save] it writes only what [Vault.Confirms] asks
// for.
func (v *Vault) Confirm(key []byte, tenantPrefix string, record *httpcache.StoredResponse, body []byte, seen time.Time) error {
	if !v.Confirms(key, record, seen) || int64(len(body)) != record.Length {
		return nil
	}
	return v.write(key, &stored{record: *record, body: body, prefix: tenantPrefix, current: seen.Add(-PurgeTime)}, fingerprint(record)+confirmedMark)
}

// retryPause is how long a POP waits before it writes a copy again that it
// could not write.
const retryPause = 5 * time.Second

// write inserts a copy and marks it as written.
func (v *Vault) write(key []byte, s *stored, marker string) error {
	name := copyName(key)
	// The marker comes first, so that other requests do not write the same copy.
	markerErr := v.writeMarker(name, marker, v.config.Interval, s.record.Keys)
	err := v.insert(name, s)
	if err != nil {
		markerErr = v.writeMarker(name, marker, min(v.config.Interval, retryPause), s.record.Keys)
	}
	return errors.Join(err, markerErr)
}

// writeTime is how long one request tries to write or delete a copy. No client
// waits for it.
const writeTime = time.Second

// insert writes a copy to the store.
func (v *Vault) insert(name string, s *stored) error {
	value, err := s.encode()
	if err != nil {
		return fmt.Errorf("save a copy: %w", err)
	}
	err = v.retry(v.now().Add(writeTime), func() error {
		return v.kv.Insert(name, value, InsertOptions{TTL: v.config.MaxAge + time.Minute})
	})
	v.health.record(err, v.now())
	if err != nil {
		return fmt.Errorf("save a copy: %w", err)
	}
	return nil
}

// Forget removes the copy for a key because the origin has said that the
// resource is gone. surrogateKeys are those of the answer: once they are purged,
// there may be a copy again. Forget does not replace a purge: a copy that another
// POP is writing at the same time stays.
//
// Anybody can ask for what does not exist, so nothing is deleted unless there is
// a copy, and one POP looks for it once per interval.
func (v *Vault) Forget(key []byte, surrogateKeys []string) error {
	if v == nil || v.health.isOff() {
		return nil
	}
	name := copyName(key)
	known := v.readMarker(name)
	if known == noCopy {
		return nil
	}
	// The next response must be copied, even if it is the same as the last one.
	markerErr := v.writeMarker(name, noCopy, v.config.Interval, surrogateKeys)
	err := v.retry(v.now().Add(writeTime), func() error {
		if known == "" {
			if _, err := v.kv.Lookup(name); err != nil {
				return err
			}
		}
		return v.kv.Delete(name)
	})
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	v.health.record(err, v.now())
	if err != nil {
		markerErr = v.writeMarker(name, noCopy, min(v.config.Interval, retryPause), surrogateKeys)
		err = fmt.Errorf("forget a copy: %w", err)
	}
	return errors.Join(err, markerErr)
}

const (
	// firstPause and longestPause lie between two tries. After a write the
	// store may return the entry before it for some time, and every
	// conditional insertion conflicts until then.
	firstPause   = 50 * time.Millisecond
	longestPause = time.Second
)

// retry calls try until it succeeds, the time is over or trying again is
// useless. The last try is at the end of the time. It returns the last error.
func (v *Vault) retry(until time.Time, try func() error) error {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := try()
		if err == nil || errors.Is(err, ErrNotFound) || errors.Is(err, ErrNoStore) || errors.Is(err, ErrTooLarge) {
			return err
		}
		left := until.Sub(v.now())
		if left <= 0 {
			return err
		}
		v.clock.Sleep(min(pause/2+rand.N(pause), left)) // other writers pause too
	}
}
