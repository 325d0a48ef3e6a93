package content

import (
	"crypto/sha256"
	"net/http"
	"time"

	"larder/corecache"
	"larder/httpcache"
	"larder/resource"
	"larder/shield"
	"larder/vault"
)

// The vault has last-known-good copies for POPs whose cache has nothing while
// every origin fails. Copies are written once the client has its answer.

const (
	// graceTime is how long a copy from the vault or from the shield stays fresh in
	// the cache before the origins are asked again.
	graceTime = 5 * time.Second
	// vaultMissTime is how long the vault is not asked again for what it does
	// not have.
	vaultMissTime = time.Second
	// confirmSample is how many hits there are to one that asks the vault
	// whether it wants an entry confirmed, which costs a lookup.
	confirmSample = 8
)

// copies are the vault's for a request.
type copies struct{ *request }

// enabled reports whether the vault may have copies for this request.
func (c copies) enabled() bool { return c.Vault != nil && c.Route.Vaulted() }

// afterStoring is what the vault is told of a fetched answer.
func (c copies) afterStoring(e *entry, f *fetched, s stored) []func() {
	if !c.enabled() || f.resp.Shield != nil { // what the shield gives, the shield has saved
		return nil
	}
	gone := f.status() == http.StatusNotFound || f.status() == http.StatusGone
	if gone || f.verdict == validated && f.refusal.reason != "" && !f.refusal.sparesEntry {
		return []func(){c.forget}
	}
	// A body that was streamed is not at hand any more.
	if s.fate != inCache || f.resp.Remainder != nil || !c.Vault.Wants(c.Resource.Key, f.record) {
		return nil
	}
	body := f.body
	if f.verdict == validated {
		var err error
		if body, err = readAll(e.found, f.record.Length); err != nil {
			c.describe("read for the vault", err)
			return nil
		}
	}
	return []func(){func() {
		if !c.stillStored(f.record.ID) {
			return
		}
		save := c.Vault.Save
		if s.raced {
			save = c.Vault.SaveRaced
		}
		if err := save(c.Resource.Key, c.Resource.Tenant.Prefix(), f.record, body, f.resp.RequestTime); err != nil {
			c.describe("save to the vault", err)
		}
	}}
}

// stillStored reports whether the cache still has this entry. What has taken
// its place while a slow client was sent its answer has a newer copy.
func (c copies) stillStored(id string) bool {
	now, err := c.lookupStored("")
	if err != nil {
		return false
	}
	return now != nil && now.record.ID == id
}

// forget removes the vault's copy, unless there is an answer again.
func (c copies) forget() {
	now, err := c.lookupStored("")
	if err == nil && now != nil && now.record.Status < 400 {
		return
	}
	if err := c.Vault.Forget(c.Resource.Key, tagger(c).expectedKeys(nil)); err != nil {
		c.describe("forget in the vault", err)
	}
}

// confirm tells the vault of an entry that has outlived the purges around
// its fetch, and so is newer than they are. It is about what is in demand, of
// which some hits are enough.
func (c copies) confirm(e *entry) []func() {
	if !c.enabled() || e.use.Age.Milliseconds()%confirmSample != 0 || !c.Vault.Confirms(c.Resource.Key, &e.record, c.Arrived) {
		return nil
	}
	body, err := readAll(e.found, e.record.Length)
	if err != nil {
		c.describe("read for the vault", err)
		return nil
	}
	return []func(){func() {
		if !c.stillStored(e.record.ID) {
			return
		}
		err := c.Vault.Confirm(c.Resource.Key, c.Resource.Tenant.Prefix(), &e.record, body, c.Arrived)
		if err != nil {
			c.describe("confirm in the vault", err)
		}
	}}
}

// beatsError answers with the vault's copy instead of an error that the
// origin itself has sent, where its errors are for clients at all.
func (c copies) beatsError(f *fetched) *Result {
	if !c.Config.Failures.Has(f.status()) {
		return nil
	}
	return c.serve(statusReason(f.status()))
}

// serve answers with the vault's copy, or returns nil where none may be
// served. For a moment the cache has it too, or that there is none, so that an
// outage does not cost a call to the vault for every request.
func (c copies) serve(reason string) *Result {
	if !c.enabled() || c.recentMiss() {
		return nil
	}
	id := c.NewID()
	lease, leaseErr := c.Fence.TakeLease(id, c.scope(), tagger(c).expectedKeys(nil))
	found, err := c.Vault.Load(c.Resource.Key, c.Resource.Tenant.Prefix())
	if err != nil {
		if err != vault.ErrNone { // every error is one, but those that say more
			c.describe("load from the vault", err)
		}
		if err := write(c.insertAt(c.missKey()), corecache.WriteOptions{TTL: vaultMissTime, HasLength: true}, nil); err != nil {
			c.describe("remember that the vault has nothing for", err)
		}
		return nil
	}
	record := found.Record
	record.Keys = renameEntryKey(record.Keys, record.ID, id)
	record.ID, record.InitialAge, record.Detail = id, found.Age, "vault"
	record.KeysLease = lease.Covers(record.Keys)
	if found.Superseded {
		record.Detail = "vault-superseded"
	}
	limitToGrace(&record)
	if leaseErr == nil {
		c.store(&record, found.Body)
	}
	res := &Result{Record: &record, Age: found.Age, Body: memory(found.Body), Shield: shield.Answer{State: shield.Stale}}
	res.Status = httpcache.CacheStatus{Fwd: httpcache.FwdURIMiss, Detail: record.Detail + "; " + reason}
	return res
}

// limitToGrace lets a copy stand for a moment only.
func limitToGrace(record *httpcache.StoredResponse) {
	record.Freshness = record.InitialAge + graceTime
	record.StaleWhileRevalidate, record.StaleIfError, record.Validation = 0, 0, 0
}

// store stores a copy for a moment, unless somebody has found an origin
// meanwhile.
func (c copies) store(record *httpcache.StoredResponse, body []byte) {
	if now, err := c.lookupStored(""); err == nil && now != nil && now.usable() {
		return
	}
	opts, err := c.writeOptions(record)
	if err == nil {
		err = write(func(opts corecache.WriteOptions) (corecache.Writer, error) {
			w, err := c.insertEntry(opts)
			if err == nil {
				c.Fence.Settle(record.ID, record.KeysLease)
			}
			return w, err
		}, opts, body)
	}
	if err != nil {
		c.Fence.DropEntry(record.ID) // it could still be found, and not be read
		c.describe("store a copy of", err)
	}
}

func (c copies) missKey() []byte {
	sum := sha256.Sum256(c.Resource.Key)
	return append([]byte(resource.KeyVersion+"\nvault-miss\n"), sum[:]...)
}

func (c copies) recentMiss() bool {
	found, err := c.Cache.Lookup(c.missKey(), corecache.LookupOptions{})
	return err == nil && found.Close() == nil
}
