package content

import (
	"time"

	"larder/corecache"
	"larder/fence"
	"larder/httpcache"
	"larder/resource"
	"larder/shield"
)

// An answer that may not be stored, such as a 404 without not_found_ttl, is
// shared with the requests that waited for it. So is one that a purge raced and
// that is not stored for that reason.

// shareTime is how long a request may take to wake up and fetch its share.
const shareTime = 5 * time.Second

func (fl flight) sharedKey() []byte { return []byte(resource.KeyVersion + "\nshared\n" + fl.name) }

// shareable reports whether the requests that waited may have an answer that was
// not stored.
func shareable(f *fetched, s stored) bool {
	return f.refusal.shareable || s.fate == superseded && f.verdict == storable && f.resp.Remainder == nil
}

// share puts an answer where those who waited for it find it.
func (fl flight) share(f *fetched) {
	metadata, err := f.record.AppendBinary(nil)
	if err == nil {
		opts := corecache.WriteOptions{TTL: shareTime, UserMetadata: metadata, Length: uint64(len(f.body)), HasLength: true}
		err = write(fl.insertAt(fl.sharedKey()), opts, f.body)
	}
	if err != nil {
		fl.describe("share", err)
	}
}

// takeShared answers with what another request has fetched, or returns nil where
// that is not right for this request. It is right from the second flight (see
// [waited]), and where the answer was shared after the request arrived and no
// purge came during the fetch.
func (fl flight) takeShared(w waited) *Result {
	found, err := fl.Cache.Lookup(fl.sharedKey(), corecache.LookupOptions{})
	if err != nil {
		return nil
	}
	fl.open.add(found)
	var record httpcache.StoredResponse
	metadata, err := found.UserMetadata()
	if err == nil {
		err = record.UnmarshalBinary(metadata)
	}
	age, ageErr := found.Age()
	if err != nil || ageErr != nil {
		return nil
	}
	waitedFor := age < fl.Now().Sub(fl.Arrived) && fl.Fence.Check(record.ID, record.KeysLease) == fence.Standing
	if record.ID != w.accepted && !waitedFor {
		return nil
	}
	body, err := readAll(found, record.Length)
	if err != nil {
		return nil
	}
	return &Result{
		Record: &record, Age: record.InitialAge, Body: memory(body), Shield: shield.Answer{State: shield.Usable},
		Status: httpcache.CacheStatus{Fwd: httpcache.FwdURIMiss, FwdStatus: record.Status, Collapsed: true},
	}
}
