package content

import (
	"context"
	"errors"
	"io"
	"time"

	"larder/corecache"
	"larder/fence"
	"larder/httpcache"
	"larder/shield"
)

// entry is a stored response, and what the request may do with it.
type entry struct {
	record httpcache.StoredResponse
	found  corecache.Found
	use    httpcache.Evaluation
	// purged says that a soft purge made it stale.
	purged bool
}

// lookupStored finds the entry for the request, or nil. accepted is the ID of
// an entry whose fetch began after the request arrived: it is right for the
// request even if it was purged since. The entry stays open until the answer was
// sent.
func (r *request) lookupStored(accepted string) (*entry, error) {
	found, err := r.Cache.Lookup(r.Resource.Key, r.lookup)
	if errors.Is(err, corecache.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r.open.add(found)
	return newEntry(r, found, accepted)
}

// newEntry evaluates what was found. It returns nil for an entry that a hard
// purge caught on its way into the cache; one that a soft purge caught counts
// as purged.
func newEntry(r *request, found corecache.Found, accepted string) (*entry, error) {
	e := &entry{found: found}
	metadata, err := found.UserMetadata()
	if err != nil {
		return nil, err
	}
	if err := e.record.UnmarshalBinary(metadata); err != nil {
		r.Log("look up %s: %v", r.Resource.Path, err) // another version's
		return nil, nil
	}
	age, err := found.Age()
	if err != nil {
		return nil, err
	}
	record := &e.record
	if record.ID != accepted {
		e.purged = found.Stale() && age < record.Freshness+record.Window() // see writeOptions
		if !e.purged {
			switch r.Fence.OnProbation(record.ID, record.KeysLease, age-record.InitialAge) {
			case fence.EndedHard:
				return nil, nil
			case fence.EndedSoft:
				e.purged = true
			}
		}
	}
	e.evaluate(r, age, accepted)
	return e, nil
}

// evaluate says what the request may do with the entry at this age.
func (e *entry) evaluate(r *request, age time.Duration, accepted string) {
	longest := r.MaxStale
	if longest.Valid {
		e.record.StaleWhileRevalidate = min(e.record.StaleWhileRevalidate, longest.Duration)
	}
	policy := r.policy
	policy.Validate = policy.Validate && e.record.ID != accepted
	e.use = e.record.Evaluate(&httpcache.Request{Method: r.Method, Header: r.Header}, age, e.purged, policy)
	if longest.Valid && e.use.TTL <= 0 && -e.use.TTL >= longest.Duration {
		e.use.StaleIfError = false
	}
	if e.record.ID == accepted && accepted != "" {
		e.use.Use = httpcache.UseFresh
	}
}

// usable reports whether the entry answers without a fetch.
func (e *entry) usable() bool {
	return e.use.Use == httpcache.UseFresh || e.use.Use == httpcache.UseStaleWhileRevalidate
}

// Open implements [Body].
func (e *entry) Open(part *httpcache.ByteRange) (io.ReadCloser, error) {
	if part == nil {
		return e.found.Body()
	}
	first := e.record.BodyOffset(*part)
	return e.found.Range(uint64(first), uint64(first+part.Length()-1))
}

// serveStored answers from the cache, or returns nil where a fetch comes first.
func (r *request) serveStored(ctx context.Context, e *entry) *Result {
	if e == nil || r.lacksRange(e) || !e.usable() {
		return nil
	}
	res := resultOf(e)
	res.Status = httpcache.CacheStatus{Hit: true, TTL: httpcache.Some(e.use.TTL), Detail: e.record.Detail}
	if e.record.Detail != "" { // a copy, in place of the origins' answer
		res.Shield.State = shield.Stale
	}
	if e.use.Use == httpcache.UseStaleWhileRevalidate {
		return res.then(func() { r.renewal(e).revalidateBehind(ctx, e) })
	}
	return res.then(copies{r}.confirm(e)...)
}

// resultOf is an entry as the answer.
func resultOf(e *entry) *Result {
	return &Result{Record: &e.record, Age: e.use.Age, Body: e, Shield: shield.Answer{State: shield.Usable}, Purged: e.purged}
}

// refusesFetch reports whether the client allows no fetch (RFC 9111 §5.2.1.7).
func refusesFetch(r *request) bool {
	return httpcache.OnlyIfCached(&httpcache.Request{Method: r.Method, Header: r.Header}, r.policy)
}

// describe names the request in log lines.
func (r *request) describe(what string, err error) {
	r.Log("%s %s: %v", what, r.Resource.Path, err)
}
