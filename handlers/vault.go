package handlers

import (
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"time"

	"larder/corecache"
	"larder/httpcache"
	"larder/resource"
	"larder/shield"
	"larder/vault"
)

// The vault has last-known-good copies for places whose cache has nothing
// while every origin fails. Copies are written once the client has its answer.

// vaultTime is how long a copy from the vault or from the shield stands in the
// cache, before the origins are asked again.
const vaultTime = 5 * time.Second

// save copies to the vault what was fetched and kept. A body that was streamed
// is not at hand any more, of a variant the vault could not tell for whom it
// is, and what the shield gives the shield has saved.
func (k *ask) save(f *fetched) {
	if k.app.vault == nil || !f.kept || f.resp.Remainder != nil || k.route.AllHeaders || f.resp.Shield != nil {
		return
	}
	if !k.app.vault.Wants(k.resource.Key, f.record) {
		return
	}
	record, body := f.record, f.body
	if f.validated {
		var err error
		if body, err = readAll(f.previous.found, record.Length); err != nil {
			k.app.log("read %s for the vault: %v", k.resource.Path, err)
			return
		}
	}
	k.later(func() {
		if !k.holds(record.ID) {
			return
		}
		save := k.app.vault.Save
		if f.overtaken {
			save = k.app.vault.SaveRaced
		}
		err := save(k.resource.Key, k.resource.Tenant.Prefix(), record, body, f.resp.RequestTime)
		if err != nil {
			k.app.log("save %s to the vault: %v", k.resource.Path, err)
		}
	})
}

// holds reports whether the cache still has this entry. What has taken its
// place while a slow client was given its answer has a newer copy.
func (k *ask) holds(id string) bool {
	now := k.kept()
	defer now.close()
	return now != nil && now.record.ID == id
}

// forget removes the vault's copy of what the origin says is gone.
func (k *ask) forget(status int) {
	if status == http.StatusNotFound || status == http.StatusGone {
		k.forgetCopy()
	}
}

// forgetCopy removes the vault's copy, unless there is an answer again.
func (k *ask) forgetCopy() {
	if k.app.vault == nil || k.route.AllHeaders {
		return
	}
	k.later(func() {
		now := k.kept()
		defer now.close()
		if now != nil && now.record.Status < 400 {
			return
		}
		if err := k.app.vault.Forget(k.resource.Key); err != nil {
			k.app.log("forget %s in the vault: %v", k.resource.Path, err)
		}
	})
}

// confirmSample is how many hits there are to one that asks the vault whether
// it wants an entry confirmed, which costs a look-up.
const confirmSample = 8

// confirm tells the vault of an entry that has outlived the purges around its
// fetch, and so is newer than they are. It is about what is in demand, of
// which some hits are enough.
func (k *ask) confirm(e *entry) {
	if k.app.vault == nil || k.route.AllHeaders || e.use.Age.Milliseconds()%confirmSample != 0 {
		return
	}
	if !k.app.vault.Confirms(k.resource.Key, &e.record, k.began) {
		return
	}
	body, err := readAll(e.found, e.record.Length)
	if err != nil {
		k.app.log("read %s for the vault: %v", k.resource.Path, err)
		return
	}
	record := e.record
	k.later(func() {
		if !k.holds(record.ID) {
			return
		}
		err := k.app.vault.Confirm(k.resource.Key, k.resource.Tenant.Prefix(), &record, body, k.began)
		if err != nil {
			k.app.log("confirm %s in the vault: %v", k.resource.Path, err)
		}
	})
}

// readAll reads a kept body of a known length.
func readAll(found corecache.Found, length int64) ([]byte, error) {
	body, err := found.Body()
	if err != nil {
		return nil, err
	}
	data := make([]byte, max(length, 0))
	_, err = io.ReadFull(body, data)
	return data, errors.Join(err, body.Close())
}

// fromVault answers with the vault's copy, if there is one that may be given.
// For a moment the cache has it too, or that there is none, so that an outage
// does not cost a look into the vault for every request.
func (k *ask) fromVault(put putter, why string) bool {
	if k.app.vault == nil || k.route.AllHeaders || k.policy.StaleIfError == httpcache.Some(time.Duration(0)) || k.lookedInVain() {
		return false
	}
	id := k.app.newID()
	leaseErr := k.lease(id)
	copied, err := k.app.vault.Load(k.resource.Key, k.resource.Tenant.Prefix())
	if err != nil {
		if err != vault.ErrNone { // every error is one, but those that say more
			k.app.log("load %s from the vault: %v", k.resource.Path, err)
		}
		k.note(k.app.at(k.vainKey()), httpcache.KindFailure, failureTime, "")
		return false
	}
	record := copied.Record
	record.Keys = withEntryKey(record.Keys, record.ID, id)
	record.ID = id
	record.InitialAge = copied.Age
	record.Detail = "vault"
	if copied.Superseded {
		record.Detail = "vault-superseded"
	}
	standIn(&record)
	if leaseErr == nil {
		k.storeCopy(put, &record, copied.Body)
	}
	k.status.Detail = record.Detail + "; " + why
	k.answer.State = shield.Stale
	k.answerRecord(&record, copied.Age, openerOf(copied.Body))
	return true
}

// vainKey is that of the note that the vault has nothing for this request.
func (k *ask) vainKey() []byte {
	sum := sha256.Sum256(k.resource.Key)
	return append([]byte(resource.KeyVersion+"\nvain\n"), sum[:]...)
}

func (k *ask) lookedInVain() bool {
	note, err := k.app.cache.Lookup(k.vainKey(), corecache.LookupOptions{})
	return err == nil && note.Close() == nil
}

// vaultBeats answers with the vault's copy instead of an error that the origin
// itself has sent, where its errors are for clients at all.
func (k *ask) vaultBeats(f *fetched, put putter) bool {
	if !k.app.config.Failures.Has(f.status()) {
		return false
	}
	return k.fromVault(put, statusFailure(f.status()))
}

// standIn lets a copy stand for a moment only.
func standIn(record *httpcache.StoredResponse) {
	record.Freshness = record.InitialAge + vaultTime
	record.StaleWhileRevalidate, record.StaleIfError, record.Validation = 0, 0, 0
}

// storeCopy keeps a copy for a moment, unless somebody has found an origin
// meanwhile.
func (k *ask) storeCopy(put putter, record *httpcache.StoredResponse, body []byte) {
	if now, err := k.find(); err == nil && now != nil {
		defer now.close()
		if now.good() {
			return
		}
	}
	opts, err := k.writeOptions(record)
	if err == nil {
		var w corecache.Writer
		if w, err = put(opts); err == nil {
			k.app.settle(record.ID)
			if _, err = w.Write(body); err == nil {
				err = w.Close()
			} else {
				err = errors.Join(err, w.Abandon())
				k.app.drop(record)
			}
		}
	}
	if err != nil {
		k.app.log("keep a copy of %s: %v", k.resource.Path, err)
	}
}
