package content

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"larder/corecache"
	"larder/httpcache"
	"larder/origin"
	"larder/resource"
)

// flight names where requests that need the same fetch meet: a transaction on a
// key of the resource's own.
type flight struct {
	*request
	name string
}

func (fl flight) key() []byte { return []byte(resource.KeyVersion + "\nflight\n" + fl.name) }

// failures is the key under which the flight's failures are remembered.
func (fl flight) failures() []byte { return []byte(resource.KeyVersion + "\nfailures\n" + fl.name) }

// flight of the request: one for each resource. On a route with headers "*" the
// origin gets the client's own fields, and its answer may depend on any of them,
// so only requests with the same fields share a flight there. Otherwise one
// client's 500, 404 or private answer would be the others' as well.
func (r *request) flight(e *entry) flight {
	if !r.Route.AllHeaders {
		return r.flightFor()
	}
	header := make(http.Header, len(r.Header))
	(&fetch{request: r, previous: e}).copyHeader(header)
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, line := range header[name] {
			lines = append(lines, name+":"+line)
		}
	}
	return r.flightFor(lines...)
}

// renewal is the flight of requests that revalidate an entry after their answer.
// No answer depends on how it ends, so on a route with headers "*" they share one
// whatever their fields are.
func (r *request) renewal(e *entry) flight {
	if !r.Route.AllHeaders {
		return r.flightFor()
	}
	return r.flightFor(e.record.ID)
}

// flightFor is the flight of the resource's requests that have these parts in
// common.
func (r *request) flightFor(parts ...string) flight {
	h := sha256.New()
	h.Write(r.Resource.Key)
	for _, part := range parts {
		h.Write([]byte("\n" + part))
	}
	return flight{r, hex.EncodeToString(h.Sum(nil))}
}

// fetchInFlight answers after a fetch, the request's own or another one's that
// it has waited for. It returns no result where the cache has to be looked at
// again.
func (r *request) fetchInFlight(ctx context.Context, e *entry, w waited) (*Result, waited) {
	if refusesFetch(r) {
		return &Result{Err: ErrNotStored, Status: httpcache.CacheStatus{Detail: "only-if-cached"}}, w
	}
	if r.lacksRange(e) {
		return r.fetchMissingRange(ctx, e), w
	}
	fl := r.flight(e)
	if w.flights > 0 {
		if res := fl.takeShared(w); res != nil {
			return res, w
		}
	}
	if e.staleAllowed() {
		if last, ok := fl.lastFailure(); ok {
			return serveStale(e, last.reason).then(func() { fl.revalidateBehind(ctx, e) }), w
		}
	}
	tx, err := r.Cache.Transact(fl.key(), corecache.LookupOptions{})
	if err != nil {
		r.describe("begin a flight for", err)
		return r.fetchAlone(ctx, e), w
	}
	defer r.closeTransaction(tx)
	if !tx.MustInsertOrUpdate() {
		return (&follower{fl, e, w}).follow(ctx, tx)
	}
	if now, changed := r.changedSince(e, w); changed {
		if now != nil && (now.usable() || r.lacksRange(now)) {
			fl.publish(tx.Insert, outcome{kind: landed})
			return nil, w
		}
		e = now // which must be fetched as well, in the same flight
	}
	if res := fl.takeShared(w); res != nil { // the host woke this request late
		return res, w
	}
	return fl.lead(ctx, tx.Insert, e), w
}

func (r *request) closeTransaction(tx corecache.Transaction) {
	if err := tx.Close(); err != nil {
		r.describe("close a transaction for", err)
	}
}

// changedSince returns what the cache has by now, and whether that is something
// else than the entry that was found before the flight began.
func (r *request) changedSince(e *entry, w waited) (now *entry, changed bool) {
	now, err := r.lookupStored(w.accepted)
	if err != nil {
		return nil, false
	}
	if e == nil || now == nil {
		return now, e != nil || now != nil && !r.lacksRange(now)
	}
	return now, now.record.ID != e.record.ID || now.usable()
}

// lead fetches for all who wait. Where stale answers are allowed, they wait for
// config.Patience at most, and the fetch goes on behind their answers.
func (fl flight) lead(ctx context.Context, put insert, e *entry) *Result {
	if !fl.patienceEnds(e) {
		return fl.land(put, e, fl.fetch(ctx, e))
	}
	done := make(chan *fetched, 1)
	go func() { done <- fl.fetchSafely(ctx, e) }()
	select {
	case f := <-done:
		return fl.land(put, e, f)
	case <-fl.After(fl.Config.Patience):
	}
	fl.publish(put, outcome{kind: underWay, reason: reasonSlow})
	put = fl.insertAt(fl.key())
	if !e.use.StaleIfError {
		return fl.land(put, e, <-done)
	}
	return serveStale(e, reasonSlow).then(func() { fl.land(put, e, <-done).runLater() })
}

// land stores what was fetched, publishes how the flight ended, and answers.
func (fl flight) land(put insert, e *entry, f *fetched) *Result {
	if f.verdict == failedFetch {
		res, copied := fl.answerFailed(e, f)
		if copied {
			fl.publish(put, outcome{kind: landed, id: res.Record.ID})
			return res
		}
		if errors.Is(f.err, origin.ErrStarved) { // it says nothing of the resource
			fl.publish(put, outcome{kind: landed})
			return res
		}
		wait := fl.publishFailure(put, f)
		if res.Err != nil && !errors.Is(f.err, errMistake) {
			res.Err = &UnavailableError{Reason: f.reason(), RetryAfter: wait}
		}
		return res
	}
	if res := (copies{fl.request}).beatsError(f); res != nil {
		fl.publish(put, outcome{kind: landed, id: res.Record.ID})
		return res
	}
	return fl.answerFetched(e, f, fl.conclude(put, e, f))
}

// conclude stores a fetched answer and publishes that the flight has landed.
func (fl flight) conclude(put insert, e *entry, f *fetched) stored {
	fl.forgetFailures()
	s := fl.store(e, f)
	if shareable(f, s) {
		fl.share(f)
	}
	fl.publish(put, outcomeOf(e, f, s))
	return s
}

// fetchSafely is fetch for a goroutine of its own, where a panic would end the
// sandbox.
func (fl flight) fetchSafely(ctx context.Context, e *entry) (f *fetched) {
	defer func() {
		if cause := recover(); cause != nil {
			f = &fetched{verdict: failedFetch, err: fmt.Errorf("%w: panic: %v", errMistake, cause)}
			fl.describe("fetch", f.err)
		}
	}()
	return fl.fetch(ctx, e)
}
