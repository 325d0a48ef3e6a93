package vault

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"larder/surrogate"
)

const (
	// NoteTime is how long it may be worth trying to note a purge.
	NoteTime = 10 * time.Second
)

// logTTL outlives every copy: config allows a year.
const logTTL = 366 * 24 * time.Hour

// Purged notes a purge of keys, named as the content names them, under a
// tenant's prefix. Copies whose content is older are deleted by it; a soft
// purge only marks them as superseded.
//
// Call it after the edit was made and just before the cache is purged. Where
// that takes longer than [PurgeTime], call it again after. An error means that
// some of the purge is not noted: try once more, or tell whoever purges. Every
// log is tried once, and those that fail again within a time. Without a KV
// Store there is nothing to note.
func (v *Vault) Purged(prefix string, keys []string, soft bool, within time.Duration) error {
	if v == nil {
		return nil
	}
	return v.noteAll(prefix, named(prefix, keys), soft, v.now(), within)
}

// Changed notes what an unsafe request through the edge has changed at a
// time: softly, these groups of a tenant's, and these service keys, which have
// no prefix. It is as [Vault.Purged], but may come after the cache was purged.
func (v *Vault) Changed(at time.Time, prefix string, groups, serviceKeys []string) error {
	return errors.Join(
		v.noteAll("", serviceKeys, true, at, NoteTime),
		v.noteAll(prefix, named(prefix, groups), true, at, NoteTime))
}

// Gone notes that a service key was purged hard. It is as [Vault.Purged].
func (v *Vault) Gone(serviceKey string, within time.Duration) error {
	if v == nil {
		return nil
	}
	return v.noteAll("", []string{serviceKey}, false, v.now(), within)
}

// named are keys as entries carry them, of keys as the content names them.
func named(prefix string, keys []string) []string {
	var full []string
	for _, key := range keys {
		full = append(full, surrogate.ForPurge(prefix, key)...)
	}
	return full
}

// noteAll notes a purge of keys as entries carry them. It asks the store in any
// case: what this sandbox knows of it may be old.
func (v *Vault) noteAll(prefix string, keys []string, soft bool, at time.Time, within time.Duration) error {
	if v == nil {
		return nil
	}
	logs := map[string][]uint64{}
	for _, key := range keys {
		name := logName(prefix, key)
		logs[name] = append(logs[name], keyHash(key))
	}
	t := times{soft: uint64(max(0, at.UnixMicro()))}
	if !soft {
		t.hard = t.soft
	}
	until := v.now().Add(within)
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(logs)) {
		err := v.writePurge(name, logs[name], t, until)
		if errors.Is(err, ErrNoStore) {
			break
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// writePurge appends a purge to a log. Only a writer that has seen the latest state
// can replace it, so that concurrent purges lose nothing.
func (v *Vault) writePurge(name string, hashes []uint64, t times, until time.Time) error {
	err := v.retry(until, func() error { return v.appendPurge(name, hashes, t) })
	if err == nil {
		v.health.record(nil, v.now())
		return nil
	}
	v.health.record(err, v.now())
	return fmt.Errorf("note a purge: %w", err)
}

func (v *Vault) appendPurge(name string, hashes []uint64, t times) error {
	entry, err := v.kv.Lookup(name)
	opts := InsertOptions{TTL: logTTL}
	log, news := &purgeLog{}, false
	switch {
	case errors.Is(err, ErrNotFound):
		opts.IfAbsent = true
	case err != nil:
		return err
	case entry.Generation == 0:
		return fmt.Errorf("%w: %q has no generation", ErrUnavailable, name)
	default:
		opts.IfGeneration = entry.Generation
		if log, err = decodeLog(entry.Value); err != nil {
			// What it said is lost, so everything may have been deleted.
			now := uint64(v.now().UnixMicro())
			log, news = &purgeLog{floor: times{soft: now, hard: now}}, true
		}
	}
	for _, hash := range hashes {
		news = log.add(loggedKey{hash, t}) || news
	}
	if !news {
		return nil
	}
	log.trim(v.now().Add(-v.config.MaxAge - Margin))
	return v.kv.Insert(name, log.encode(), opts)
}
