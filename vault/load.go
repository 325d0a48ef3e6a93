package vault

import (
	"errors"
	"fmt"
	"time"

	"larder/httpcache"
)

const (
	// MaxLoadCalls is the most calls to the KV Store that a [Vault.Load] makes:
	// the copy, the tenant's logs, the service's log, the URL's log, and one
	// retry.
	MaxLoadCalls = 1 + shards + 1 + 1 + 1
	// slowLookup is how long the KV Store may take for a key that is new to a
	// POP, as every key is to a cold one (Fastly, «Data stores»).
	slowLookup = 300 * time.Millisecond
	// loadTime is how long a Load begins calls: long enough if all are slow.
	loadTime = (MaxLoadCalls + 2) * slowLookup
)

// ErrNone means that there is no copy to serve. Anything it wraps or adds is
// for the log.
var ErrNone = errors.New("no copy in the vault")

// Copy is a copy that may be served.
type Copy struct {
	// Record of the response, as it was stored.
	Record httpcache.StoredResponse
	Body   []byte
	// Age of the response now (RFC 9111 §4.2.3).
	Age time.Duration
	// Superseded says that the content was purged softly since: it is
	// outdated, but better than an error.
	Superseded bool
}

// Load returns the copy that was saved under a cache key. Every error wraps
// [ErrNone]. Call it when all origins have failed and the cache has nothing,
// and store the result in the cache for a moment, so that not every request
// pays for the calls.
func (v *Vault) Load(key []byte, tenantPrefix string) (*Copy, error) {
	if v == nil || v.health.isOff() {
		return nil, ErrNone
	}
	l := loading{vault: v, until: v.now().Add(loadTime), retries: 1}
	c, err := l.load(copyName(key), tenantPrefix)
	if err == nil {
		return c, nil
	}
	if errors.Is(err, ErrNone) || errors.Is(err, ErrNotFound) {
		return nil, ErrNone
	}
	v.health.record(err, v.now())
	return nil, fmt.Errorf("%w: %w", ErrNone, err)
}

// loading is one Load in progress.
type loading struct {
	vault   *Vault
	until   time.Time
	retries int // left
}

func (l *loading) load(name, prefix string) (*Copy, error) {
	entry, err := l.lookup(name)
	if err != nil {
		return nil, err
	}
	s, err := decode(entry.Value)
	if err != nil {
		return nil, fmt.Errorf("read a copy: %w", err)
	}
	now := l.vault.now()
	if s.prefix != prefix || now.Sub(s.current) > l.vault.config.MaxAge {
		return nil, ErrNone
	}
	deleted, superseded, err := l.purged(s)
	if err != nil {
		return nil, err
	}
	if deleted || superseded && !l.vault.config.Superseded {
		return nil, ErrNone
	}
	return &Copy{
		Record:     s.record,
		Body:       s.body,
		Age:        s.record.InitialAge + max(0, now.Sub(s.record.Received)),
		Superseded: superseded,
	}, nil
}

// purged looks up the copy's surrogate keys in their logs. It needs all of
// them: any could hold a deletion.
func (l *loading) purged(s *stored) (deleted, superseded bool, err error) {
	logs := map[string]*purgeLog{}
	for _, key := range s.record.Keys { // the most important come first
		name := logName(s.prefix, key)
		if logs[name] == nil {
			if logs[name], err = l.log(name); err != nil {
				return false, false, err
			}
		}
		t := logs[name].of(keyHash(key))
		if covers(t.hard, s.current) {
			return true, true, nil
		}
		superseded = superseded || covers(t.soft, s.current)
	}
	return false, superseded, nil
}

func (l *loading) log(name string) (*purgeLog, error) {
	entry, err := l.lookup(name)
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

// lookup calls the KV Store, and once per Load a second time.
func (l *loading) lookup(name string) (Entry, error) {
	for {
		if l.vault.now().After(l.until) {
			return Entry{}, errSlow
		}
		entry, err := l.vault.kv.Lookup(name)
		if err == nil || errors.Is(err, ErrNotFound) {
			l.vault.health.record(nil, l.vault.now())
			return entry, err
		}
		if l.retries == 0 || errors.Is(err, ErrNoStore) {
			return Entry{}, err
		}
		l.retries--
	}
}
