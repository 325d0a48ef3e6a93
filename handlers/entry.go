package handlers

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"larder/corecache"
	"larder/httpcache"
	"larder/origin"
	"larder/surrogate"
)

// entry is what the cache has for a request, and what the request may do with
// it.
type entry struct {
	record httpcache.StoredResponse
	found  corecache.Found
	use    httpcache.Evaluation
	purged bool
}

// noteField is no field of a request: notes are only for those who do not have
// it, so that with it one finds the entry that a note hides.
const noteField = "Larder-Note"

// find looks the request's entry up. It returns nil where there is none.
func (k *ask) find() (*entry, error) {
	e, err := k.findBy(k.lookup)
	if err != nil || e == nil || !k.route.AllHeaders || e.record.Kind == httpcache.KindResponse {
		return e, err
	}
	past := corecache.LookupOptions{RequestHeader: maps.Clone(k.lookup.RequestHeader)}
	past.RequestHeader[noteField] = []string{"past"}
	if hidden, err := k.findBy(past); err == nil && hidden != nil {
		if hidden.record.Kind == httpcache.KindResponse {
			e.close()
			return hidden, nil
		}
		hidden.close()
	}
	return e, nil
}

func (k *ask) findBy(lookup corecache.LookupOptions) (*entry, error) {
	found, err := k.app.cache.Lookup(k.resource.Key, lookup)
	if errors.Is(err, corecache.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e, err := k.entry(found)
	if errors.Is(err, corecache.ErrNotFound) {
		return nil, found.Close()
	}
	if err != nil {
		return nil, errors.Join(err, found.Close())
	}
	return e, nil
}

// entry reads what was found. An entry that a soft purge overtook on its way
// into the cache counts as purged, and one that a hard purge overtook as not
// found, as does a failure that any purge overtook. The host takes an entry for
// fresh until its stale-while-revalidate window ends, so what it calls stale
// before that was purged.
func (k *ask) entry(found corecache.Found) (*entry, error) {
	e := &entry{found: found}
	metadata, err := found.UserMetadata()
	if err != nil {
		return nil, err
	}
	if err := e.record.UnmarshalBinary(metadata); err != nil {
		return nil, fmt.Errorf("read the entry's record: %w", err)
	}
	age, err := found.Age()
	if err != nil {
		return nil, err
	}
	e.purged = found.Stale() && age < e.record.Freshness+e.record.StaleWhileRevalidate
	if !e.purged && e.record.Kind != httpcache.KindPass && age-e.record.InitialAge < probation {
		state := k.app.leased(e.record.ID)
		if state == endedHard || state == endedSoft && e.record.Kind == httpcache.KindFailure {
			return nil, corecache.ErrNotFound
		}
		e.purged = state == endedSoft
	}
	longest := k.switches.MaxStale
	if longest.Valid {
		e.record.StaleWhileRevalidate = min(e.record.StaleWhileRevalidate, longest.Duration)
	}
	policy := k.policy
	policy.Validate = policy.Validate && (k.confirmed == "" || k.confirmed != e.record.ID)
	e.use = e.record.Evaluate(&k.request, age, e.purged, policy)
	if longest.Valid && e.use.TTL <= 0 && -e.use.TTL >= longest.Duration {
		e.use.StaleIfError = false
	}
	return e, nil
}

// good reports whether the entry is given without asking an origin.
func (e *entry) good() bool {
	return e.record.Kind == httpcache.KindResponse &&
		(e.use.Use == httpcache.UseFresh || e.use.Use == httpcache.UseStaleWhileRevalidate)
}

func (e *entry) close() {
	if e != nil {
		_ = e.found.Close() // a handle that cannot be closed cannot be helped
	}
}

// writeOptions are those of the request's entry with this record.
func (k *ask) writeOptions(record *httpcache.StoredResponse) (corecache.WriteOptions, error) {
	metadata, err := record.AppendBinary(nil)
	if err != nil {
		return corecache.WriteOptions{}, fmt.Errorf("write the entry's record: %w", err)
	}
	opts := corecache.WriteOptions{
		// Inside the stale-while-revalidate window an entry is given without
		// asking, so a purge must still show there.
		TTL:                  record.Freshness + record.StaleWhileRevalidate,
		StaleWhileRevalidate: record.Window() - record.StaleWhileRevalidate,
		InitialAge:           record.InitialAge,
		SurrogateKeys:        record.Keys,
		UserMetadata:         metadata,
	}
	if record.Length >= 0 {
		opts.Length, opts.HasLength = uint64(record.Length), true
	}
	if k.route.AllHeaders && record.Kind == httpcache.KindResponse {
		opts.Vary, _ = variantNames(record.Header)
	}
	return opts, nil
}

// variantNames are the request headers by which the variants of an answer
// differ. Codings make no variants: the origin is always asked for the same,
// and the host decodes it.
func variantNames(header http.Header) (names []string, ok bool) {
	names, ok = httpcache.VaryNames(header)
	return slices.DeleteFunc(names, func(name string) bool { return name == "Accept-Encoding" }), ok
}

// putter puts an object in one place of the cache: a transaction's, or any.
type putter func(corecache.WriteOptions) (corecache.Writer, error)

// at puts an object at a key, over whatever is there.
func (a *App) at(key []byte) putter {
	return func(opts corecache.WriteOptions) (corecache.Writer, error) { return a.cache.Insert(key, opts) }
}

// insert puts an entry into the cache, over whatever is there.
func (k *ask) insert(opts corecache.WriteOptions) (corecache.Writer, error) {
	if len(opts.Vary) > 0 {
		opts.RequestHeader = k.lookup.RequestHeader
	}
	return k.app.cache.Insert(k.resource.Key, opts)
}

// A note is an entry without a body that tells others how a fetch ended.
const (
	// passTime is how long nobody waits for others' fetches of an answer that
	// turned out not to be shareable.
	passTime = 10 * time.Second
	// failureTime is how long a failure stands before the origins are asked
	// again.
	failureTime = time.Second
	// maxFailureTime is the longest that an origin can ask for.
	maxFailureTime = time.Minute
	// landedTime is how long those who waited can read how a flight ended.
	landedTime = 10 * time.Second
)

// negotiated are the request headers by which origins mostly choose a variant.
var negotiated = []string{"Accept", "Accept-Language", "Authorization", "Cookie", "Origin", "User-Agent"}

// forVariant keeps a note to the variant that it is about, as well as that is
// known: by the answer's own Vary, or by what most origins look at.
func (k *ask) forVariant(put putter, f *fetched) putter {
	if !k.route.AllHeaders {
		return put
	}
	vary := negotiated
	if f.resp != nil && f.err == nil {
		if names, ok := variantNames(f.resp.Header); ok {
			vary = names
		}
	}
	if len(vary) < httpcache.MaxVaryNames {
		vary = append(slices.Clip(vary), noteField)
	}
	return func(opts corecache.WriteOptions) (corecache.Writer, error) {
		opts.Vary = vary
		return put(opts)
	}
}

// noteKeys are those by which a purge ends a note, and the one by which a fetch
// with an ID takes back its own.
func (k *ask) noteKeys(id string) []string {
	keys := []string{
		surrogate.AllNotesKey,
		surrogate.TenantNoteKey(k.resource.Tenant.Prefix()),
		surrogate.URLNoteKey(k.resource.URLHash()),
	}
	if id != "" {
		keys = append(keys, surrogate.FetchNoteKey(id))
	}
	return keys
}

// note writes a note in place of an entry or of a flight. A purge ends it: what
// an origin could not give before may be new now.
func (k *ask) note(put putter, kind httpcache.Kind, ttl time.Duration, detail string) {
	k.noteOf("", put, kind, ttl, detail)
}

// noteFailure writes a note about a fetch that has failed, and reports whether
// it stands: what was asked before a purge says nothing of what there is now.
// As with entries, it is inserted first, and its lease checked after. From then
// on purges see the note itself.
func (k *ask) noteFailure(put putter, f *fetched) bool {
	record := noteRecord(f.id, httpcache.KindFailure, f.pause(), f.why())
	if wait := f.retryAfter(); wait > 0 {
		record.Header.Set("Retry-After", strconv.Itoa(seconds(wait)))
	}
	k.writeNote(put, record)
	if k.app.leased(f.id) == stands {
		return true
	}
	k.app.purge(surrogate.FetchNoteKey(f.id), false)
	return false
}

// retryAfter is how long clients are to wait because of a failure, of which this
// is the note.
func (e *entry) retryAfter() time.Duration {
	told := origin.ParseRetryAfter(e.record.Header, e.record.Received) - e.use.Age
	return max(e.use.TTL, told)
}

// noteOf writes a note about a fetch, and the entry that it has made.
func (k *ask) noteOf(id string, put putter, kind httpcache.Kind, ttl time.Duration, detail string) {
	k.writeNote(put, noteRecord(id, kind, ttl, detail))
}

func noteRecord(id string, kind httpcache.Kind, ttl time.Duration, detail string) *httpcache.StoredResponse {
	record := &httpcache.StoredResponse{ID: id, Kind: kind, Detail: detail, Header: http.Header{}}
	record.Freshness = ttl
	return record
}

func (k *ask) writeNote(put putter, record *httpcache.StoredResponse) {
	record.Received = k.app.now()
	metadata, err := record.AppendBinary(nil)
	if err == nil {
		var w corecache.Writer
		if w, err = put(corecache.WriteOptions{TTL: record.Freshness, UserMetadata: metadata, SurrogateKeys: k.noteKeys(record.ID), HasLength: true}); err == nil {
			err = w.Close()
		}
	}
	if err != nil {
		k.app.log("note %v for %s: %v", record.Kind, k.resource.Path, err)
	}
}
