package content

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"

	"larder/corecache"
	"larder/fence"
	"larder/httpcache"
	"larder/origin"
	"larder/shield"
)

// stored says what became of a fetched answer in the cache.
type stored struct {
	fate fate
	// raced says that a purge came during the fetch.
	raced bool
}

type fate uint8

const (
	// notInCache: it may not be stored, or the cache has failed.
	notInCache fate = iota
	// inCache: all of it was stored.
	inCache
	// superseded: a purge came during the fetch, and what the cache has is
	// better.
	superseded
)

// placement puts a fetched answer in the place of the entry that was found, or of
// none.
type placement struct {
	*request
	e *entry
	f *fetched
}

// store puts a fetched answer in the place of the entry that was found, or
// removes that if the origin says so.
func (r *request) store(e *entry, f *fetched) stored {
	p := placement{r, e, f}
	if f.refusal.reason != "" {
		p.discardEntry()
		return stored{fate: notInCache}
	}
	state := p.standing()
	if state != fence.Standing && p.superseded(state) {
		return stored{fate: superseded, raced: true}
	}
	if state == fence.EndedHard {
		// It may show what was deleted: good for its validator alone.
		forbidStale(f.record)
	}
	opts, err := p.writeOptions(f.record)
	if err != nil {
		p.describe("store", err)
		return stored{fate: notInCache}
	}
	if state != fence.Standing {
		expire(&opts)
	}
	return p.insert(opts, state)
}

// expire makes an object stale from its insertion on, as a soft purge would.
func expire(opts *corecache.WriteOptions) {
	opts.StaleWhileRevalidate += max(opts.TTL-opts.InitialAge, 0)
	opts.TTL = min(opts.TTL, opts.InitialAge)
}

// settle checks the lease of an answer that was just inserted, where it had
// this state before, and reports whether a purge came during the fetch.
func (p placement) settle(before fence.State) (raced bool) {
	switch before {
	case fence.EndedHard: // and so it was stored for its validator alone
		return true
	case fence.EndedSoft:
		if p.standing() == fence.EndedHard {
			p.Fence.DropEntry(p.f.id)
		}
		return true
	}
	return p.Fence.Settle(p.f.id, p.f.record.KeysLease) != fence.Standing
}

// standing reports whether no purge has come since the fetch began.
func (p placement) standing() fence.State { return p.Fence.Check(p.f.id, p.f.record.KeysLease) }

// superseded reports whether the cache has something better than an answer that
// a purge has raced: a newer entry, or, after a hard purge, an entry which that
// has spared and which an outage may need.
func (p placement) superseded(state fence.State) bool {
	now, err := p.lookupStored("")
	if err != nil || now == nil {
		return false
	}
	newer := p.e == nil || now.record.ID != p.e.record.ID
	return newer || state == fence.EndedHard && now.use.StaleIfError
}

// forbidStale leaves an entry nothing but a revalidation.
func forbidStale(record *httpcache.StoredResponse) {
	record.MustRevalidate = true
	record.StaleWhileRevalidate, record.StaleIfError = 0, 0
	record.Validation = max(record.Validation, httpcache.ValidationRetention)
}

// discardEntry does to the entry what an answer means that may not be stored.
func (p placement) discardEntry() {
	e, f := p.e, p.f
	switch {
	case e == nil || f.refusal.sparesEntry:
	case f.status() == http.StatusNotFound || f.status() == http.StatusGone:
		p.Fence.DropEntry(e.record.ID)
	case f.verdict == validated: // the content itself may not be stored any more
		p.Fence.DropEntry(e.record.ID)
	case f.status() < 400 && !e.purged:
		// It may be a maintenance page, or a redirection to one: the entry is
		// still good for an outage. A refusal says nothing about it at all.
		p.Fence.ExpireEntry(e.record.ID)
	}
}

// writeOptions are those of the request's entry with this record.
func (r *request) writeOptions(record *httpcache.StoredResponse) (corecache.WriteOptions, error) {
	metadata, err := record.AppendBinary(nil)
	if err != nil {
		return corecache.WriteOptions{}, fmt.Errorf("write the entry's record: %w", err)
	}
	opts := corecache.WriteOptions{
		// To the host an entry is fresh for as long as it is of any use, so that
		// it is stale only if it was purged. The second window is for hosts that
		// count it from the purge.
		TTL:                  record.Freshness + record.Window(),
		StaleWhileRevalidate: record.Window(),
		InitialAge:           record.InitialAge,
		SurrogateKeys:        record.Keys,
		UserMetadata:         metadata,
	}
	if record.Length >= 0 {
		opts.Length, opts.HasLength = uint64(record.Length), true
	}
	if r.Route.AllHeaders {
		opts.Vary = variantNames(record.Header)
	}
	return opts, nil
}

// insertEntry puts an entry into the cache, over whatever is there.
func (r *request) insertEntry(opts corecache.WriteOptions) (corecache.Writer, error) {
	if len(opts.Vary) > 0 {
		opts.RequestHeader = r.lookup.RequestHeader
	}
	return r.Cache.Insert(r.Resource.Key, opts)
}

// insert stores an answer with the body that came with it, or that of the
// entry which it has validated. The entry can be found from its insertion on, so
// its lease is checked then, and not when its body is complete.
func (p placement) insert(opts corecache.WriteOptions, before fence.State) stored {
	f := p.f
	body, err := f.storedBody(p.e)
	if err != nil {
		p.describe("store", err)
		return stored{fate: notInCache}
	}
	defer body.Close()
	w, err := p.insertEntry(opts)
	if err != nil {
		p.describe("store", err)
		return stored{fate: notInCache}
	}
	raced := p.settle(before)
	if _, err := fill(w, body, f.record.Length); err != nil {
		p.describe("store", errors.Join(err, w.Abandon()))
		p.Fence.DropEntry(f.id) // it could still be found, and not be read
		return stored{fate: notInCache}
	}
	return stored{fate: inCache, raced: raced}
}

// storedBody reads the body to store: all of it is at hand.
func (f *fetched) storedBody(e *entry) (io.ReadCloser, error) {
	switch large := f.resp.Remainder.(type) {
	case nil:
		if f.verdict == validated {
			return e.found.Body()
		}
		return io.NopCloser(bytes.NewReader(f.body)), nil
	case *spooled:
		return large.Open(nil)
	}
	return nil, errCache // it was not spooled
}

// fill writes a body and completes the object. announced is what the length
// must be, or -1. An error of the origin's wraps its own, one of the cache's
// [errCache].
func fill(w corecache.Writer, body io.Reader, announced int64) (length int64, err error) {
	source := &failingReader{Reader: body}
	length, err = io.CopyBuffer(w, source, make([]byte, copyBuffer))
	switch {
	case source.failed:
		return 0, err
	case err == nil && announced >= 0 && length != announced:
		return 0, fmt.Errorf("%w: %d of %d bytes", origin.ErrTruncated, length, announced)
	case err == nil:
		err = w.Close()
	}
	if err != nil {
		return 0, fmt.Errorf("%w: %w", errCache, err)
	}
	return length, nil
}

// copyBuffer is large enough for most bodies to cross in one host call.
const copyBuffer = 64 << 10

// failingReader remembers whether it was the reader that failed.
type failingReader struct {
	io.Reader
	failed bool
}

func (b *failingReader) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	b.failed = err != nil && !errors.Is(err, io.EOF)
	return n, err
}

// outcomeOf is how a flight ended whose fetch gave this answer.
func outcomeOf(e *entry, f *fetched, s stored) outcome {
	switch {
	case f.verdict == validated && s.fate == superseded && e != nil:
		return outcome{kind: landed, id: e.record.ID} // which is as good
	case f.refusal.reason != "" && !f.refusal.shareable:
		return outcome{kind: pass, reason: f.refusal.reason}
	}
	return outcome{kind: landed, id: f.id}
}

// answerFetched answers with what was fetched.
func (r *request) answerFetched(e *entry, f *fetched, s stored) *Result {
	res := &Result{
		Record: f.record.Restored(responseOf(f.resp)), Shield: shield.Answer{State: shield.Usable},
		Purged: e != nil && e.purged, Trip: f.trip,
	}
	res.Status = httpcache.CacheStatus{
		Fwd: fwdOf(e), FwdStatus: f.status(), Stored: s.fate == inCache, Nearer: f.resp.ShieldStatus, Detail: f.record.Detail,
	}
	if f.refusal.reason != "" {
		res.Status.Detail = "not-stored; " + f.refusal.reason
	}
	if f.resp.Stale() {
		res.Shield.State = shield.Stale
	}
	if res.Age = f.record.InitialAge; f.verdict == notStorable {
		res.Age = announcedAge(f.resp.Header)
	}
	switch large := f.resp.Remainder.(type) {
	case nil:
		if res.Body = memory(f.body); f.verdict == validated {
			res.Body = &entry{record: *f.record, found: e.found}
		}
	case *spooled:
		res.Body = large
	default:
		res.Body = Stream{beginning: f.body, remainder: large}
	}
	return res.then(copies{r}.afterStoring(e, f, s)...)
}
