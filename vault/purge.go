package vault

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// SendTime is how long after [Purge.Settled] the last purge of the cache
	// may be sent. If it is sent later, record the purge again with a later
	// Settled: meanwhile a hit may have confirmed a copy of the old content.
	SendTime = 10 * time.Second
	// PurgeTime is how long after [Purge.Settled] no cache has the old content
	// any more: SendTime, and the time that a purge takes to reach every POP.
	PurgeTime = SendTime + 5*time.Second
)

// maxSettling is the longest time from a purge to its last repeat that config
// allows (purge.repeat).
const maxSettling = time.Minute

// ttl is longer than the vault stores any copy that the log is about, for which
// config allows a year. Any client can create the log of a URL, so that one lasts
// no longer than necessary.
func (w logWrite) ttl(maxAge time.Duration) time.Duration {
	if strings.HasPrefix(w.name, urlLogs) {
		return maxAge + time.Hour
	}
	return 366 * 24 * time.Hour
}

// Purge is a purge of any number of keys, of one tenant or several.
type Purge struct {
	// Settled is when the last repeat of the purge is sent, by this POP's clock:
	// now, if it is not repeated; at most a minute from now. A response fetched
	// earlier may still be the old one, and counts as purged.
	Settled time.Time
	Keys    []Keys
}

// Keys are surrogate keys of one tenant, as the cache is purged of them: with
// the tenant's prefix, and with their buckets. The service's own keys belong
// to no tenant and may stand beside any.
type Keys struct {
	// Prefix is the tenant's.
	Prefix string
	// Soft keys mark copies as superseded, Hard keys delete them.
	Soft, Hard []string
}

// PurgeWrite is what is left to write of a purge. It is not safe for concurrent
// use.
type PurgeWrite struct {
	vault *Vault
	logs  []logWrite
}

// logWrite is what a purge adds to one log.
type logWrite struct {
	name string
	keys []loggedKey
}

// Purge prepares to record a purge. It makes no call to the KV Store;
// [PurgeWrite.Run] does. Call both before the cache is purged, so that a copy
// loaded from then on is newer than the purge. Without a vault or a key there
// is nothing to write.
func (v *Vault) Purge(p Purge) *PurgeWrite {
	if v == nil {
		return nil
	}
	soft := times{soft: uint64(max(0, p.Settled.UnixMicro()))}
	hard := times{soft: soft.soft, hard: soft.soft}
	w := &PurgeWrite{vault: v}
	index := map[string]int{} // of a log in w.logs
	add := func(prefix string, keys []string, t times) {
		for _, key := range keys {
			name := logName(prefix, key)
			i, ok := index[name]
			if !ok {
				i = len(w.logs)
				index[name] = i
				w.logs = append(w.logs, logWrite{name: name})
			}
			w.logs[i].keys = append(w.logs[i].keys, loggedKey{keyHash(key), t})
		}
	}
	// Logs with hard purges come first: deletions matter most if time is short.
	for _, keys := range p.Keys {
		add(keys.Prefix, keys.Hard, hard)
	}
	for _, keys := range p.Keys {
		add(keys.Prefix, keys.Soft, soft)
	}
	return w
}

// Run writes what is left. It begins no call to the KV Store after the time
// until, which is one limit for all logs together. Failed logs are tried again
// until then.
//
// An error means that some of the purge is not recorded. Run may be called
// again, and writes only what is still missing. Without a KV Store there are no
// copies, and nothing to write.
func (w *PurgeWrite) Run(until time.Time) error {
	if w == nil || len(w.logs) == 0 {
		return nil
	}
	total := len(w.logs)
	err := w.vault.retry(until, func() error { return w.tryAll(until) })
	w.vault.health.record(err, w.vault.now())
	if errors.Is(err, ErrNoStore) {
		w.logs, err = nil, nil
	}
	if err != nil {
		return fmt.Errorf("record a purge: %d of %d logs are left: %w", len(w.logs), total, err)
	}
	return nil
}

// tryAll tries each remaining log once, and returns the first error.
func (w *PurgeWrite) tryAll(until time.Time) error {
	var first error
	w.logs = slices.DeleteFunc(w.logs, func(l logWrite) bool {
		if errors.Is(first, ErrNoStore) {
			return false
		}
		err := w.vault.appendPurge(l, until)
		if first == nil {
			first = err
		}
		return err == nil
	})
	return first
}

// appendPurge appends to one log. Only a writer that has seen a log's latest
// state can replace it, so concurrent purges lose nothing. It always asks the
// store: what this sandbox knows about it may be out of date.
func (v *Vault) appendPurge(w logWrite, until time.Time) error {
	if v.now().After(until) {
		return errSlow
	}
	entry, err := v.kv.Lookup(w.name)
	opts := InsertOptions{TTL: w.ttl(v.config.MaxAge)}
	log, changed := &purgeLog{}, false
	switch {
	case errors.Is(err, ErrNotFound):
		opts.IfAbsent = true
	case err != nil:
		return err
	case entry.Generation == 0:
		return fmt.Errorf("%w: %q has no generation", ErrUnavailable, w.name)
	default:
		opts.IfGeneration = entry.Generation
		if log, err = decodeLog(entry.Value); err != nil {
			// Its content is lost, so it may have held any deletion.
			latest := uint64(v.now().Add(maxSettling + Margin).UnixMicro())
			log, changed = &purgeLog{floor: times{soft: latest, hard: latest}}, true
		}
	}
	for _, k := range w.keys {
		changed = log.add(k) || changed
	}
	if !changed {
		return nil
	}
	log.trim(v.now().Add(-v.config.MaxAge - Margin))
	if v.now().After(until) {
		return errSlow
	}
	return v.kv.Insert(w.name, log.encode(), opts)
}
