package vault

import (
	"strconv"
	"time"

	"larder/corecache"
)

// changeWindow is how long the record of a change covers later changes.
const changeWindow = time.Second

// Change prepares the record that a request through the edge has changed the
// content of these keys of one tenant, at a time. Run the result at once.
//
// Any client can send such requests, as many as it likes. So a change is
// recorded as if it lasted for a second, and changes of the same key in that
// second need no record of their own: a POP makes one write a second for a key.
// As with a purge, responses fetched in that second count as purged too. If
// writing the record fails, the changes that rely on it are not recorded either;
// the next change after that second covers all earlier ones.
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

// claimChange reports whether the caller has to record a change of a key. It need
// not if a marker in the POP's cache shows that the record of an earlier change
// covers it. If the cache fails, every change is recorded.
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
		// The marker was written so long after its change that it is still
		// there, but does not cover this one.
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
