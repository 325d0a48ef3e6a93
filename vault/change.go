package vault

import (
	"strconv"
	"time"

	"larder/corecache"
)

// changeWindow is how long a record of a change covers those that follow it.
const changeWindow = time.Second

// Change prepares to record that a request through the edge has changed what
// these keys of one tenant name, at a time. Run what it returns at once.
//
// Any client can send such requests, as many as it likes. So a change is
// recorded as if it lasted for a second, and changes of the same key in that
// second need no record of their own: a POP makes one write a second for a key.
// As with a purge, what was fetched in that second counts as purged too. If the
// record cannot be written, nor are those that rely on it; the next change after
// that second is recorded with all that were before it.
func (v *Vault) Change(at time.Time, keys Keys) *PurgeWrite {
	if v == nil || v.health.isOff() {
		return nil
	}
	left := Keys{Prefix: keys.Prefix}
	for _, key := range keys.Hard {
		if v.claimChange("hard", key, at) {
			left.Hard = append(left.Hard, key)
		}
	}
	for _, key := range keys.Soft {
		if v.claimChange("soft", key, at) {
			left.Soft = append(left.Soft, key)
		}
	}
	return v.Purge(Purge{Settled: at.Add(changeWindow), Keys: []Keys{left}})
}

// claimChange reports whether the caller has to record a change of a key. It
// does not if a marker in the POP's cache says that the change lies in the
// second of another one. Without the cache every change is recorded.
func (v *Vault) claimChange(kind, key string, at time.Time) bool {
	name := markerKey("change/" + kind + "/" + key)
	tx, err := v.markers.Transact(name, corecache.LookupOptions{})
	if err != nil {
		return true
	}
	defer tx.Close()
	insert := tx.Insert
	if !tx.MustInsertOrUpdate() {
		if covered, err := recordedUntil(tx); err == nil && !at.After(covered) {
			return false
		}
		// The client of that change was slow to take its answer.
		insert = func(opts corecache.WriteOptions) (corecache.Writer, error) { return v.markers.Insert(name, opts) }
	}
	until := strconv.FormatInt(at.Add(changeWindow).UnixMicro(), 10)
	w, err := insert(corecache.WriteOptions{TTL: changeWindow, HasLength: true, UserMetadata: []byte(until)})
	if err == nil {
		_ = w.Close() // without a marker the next change is recorded as well
	}
	return true
}

// recordedUntil is the time up to which a found marker covers changes.
func recordedUntil(tx corecache.Transaction) (time.Time, error) {
	found, err := tx.Found()
	if err != nil {
		return time.Time{}, err
	}
	text, err := found.UserMetadata()
	if err != nil {
		return time.Time{}, err
	}
	until, err := strconv.ParseInt(string(text), 10, 64)
	return time.UnixMicro(until), err
}
