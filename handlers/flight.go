package handlers

import (
	"context"
	"errors"
	"time"

	"larder/corecache"
	"larder/httpcache"
	"larder/origin"
	"larder/resource"
	"larder/surrogate"
)

// A flight is where those meet who need an entry revalidated before they can
// answer: a transaction on a key of its own, named after the entry. The first
// one fetches, the others wait in the host until it has landed, and look
// again. While an entry is stale the host would give it to them at once, which
// after a purge would be old content.
//
// A flight that lands leaves a note of how it ended. A failure's note is short
// lived, and spares both those who waited and those who come just after it
// another try.

func flightKey(e *entry) []byte { return []byte(resource.KeyVersion + "\nflight\n" + e.record.ID) }

// behindKey is that of the transaction whose winner revalidates an entry behind
// an answer. The entry's own may oblige nobody: within
// stale-while-revalidate it is fresh to the host.
func behindKey(e *entry) []byte { return []byte(resource.KeyVersion + "\nbehind\n" + e.record.ID) }

// revalidate answers after the entry was revalidated. It reports false when
// the cache has to be looked at again.
func (k *ask) revalidate(ctx context.Context, e *entry) bool {
	k.status.Fwd = e.use.Fwd
	if k.answerFirst(e) {
		k.revalidateBehind(ctx, e)
		return true
	}
	flight, err := k.app.cache.Transact(flightKey(e), corecache.LookupOptions{})
	if err != nil {
		k.app.log("flight for %s: %v", k.resource.Path, err)
		k.fetchAlone(ctx, e)
		return true
	}
	defer k.closeTransaction(flight)
	if !flight.MustInsertOrUpdate() {
		return k.follow(ctx, flight, e)
	}
	// The entry may have been replaced before this flight began.
	now, err := k.find()
	if err != nil || now == nil || now.record.ID != e.record.ID {
		now.close()
		k.note(flight.Insert, httpcache.KindPass, landedTime, "")
		return false
	}
	now.close()
	f := k.fetch(ctx, e)
	defer f.close()
	if f.failed() {
		if k.noteFailure(flight.Insert, f) {
			k.noteSlow(e, f)
		}
		k.failed(e, f)
		return true
	}
	if k.vaultBeats(f, k.insert) {
		k.note(flight.Insert, httpcache.KindPass, landedTime, "")
		return true
	}
	k.replace(e, f)
	if !f.outdone { // else whoever needs the entry renewed begins another flight
		k.noteOf(f.id, flight.Insert, httpcache.KindPass, landedTime, f.refusal)
	}
	k.answerFetched(f)
	return true
}

// answerFirst gives a stale entry to the client before the origins are asked,
// where all of them have been failing, or have just taken long to fail: nobody
// is to wait for whoever tries again. A purged entry is not given before they
// have failed once more.
func (k *ask) answerFirst(e *entry) bool {
	if e.purged || !e.use.StaleIfError {
		return false
	}
	reason := why(k.app.down())
	if reason == "" {
		reason = k.slowness(e)
	}
	if reason == "" {
		return false
	}
	k.stale(e, reason)
	k.end()
	return true
}

// longFetch is from when on a failure has taken long. It is remembered for some
// time: where few pages are in demand, no circuit may open for it.
const longFetch = time.Second

func slowKey(e *entry) []byte { return []byte(resource.KeyVersion + "\nslow\n" + e.record.ID) }

// noteSlow remembers a failure to revalidate an entry that has taken long.
func (k *ask) noteSlow(e *entry, f *fetched) {
	if f.took >= longFetch {
		k.noteOf(f.id, k.app.at(slowKey(e)), httpcache.KindFailure, maxFailureTime, f.why())
	}
}

// slowness is why an entry's last revalidation took long to fail, or "".
func (k *ask) slowness(e *entry) string {
	found, err := k.app.cache.Lookup(slowKey(e), corecache.LookupOptions{})
	if err != nil {
		return ""
	}
	defer found.Close()
	note, err := k.entry(found)
	if err != nil { // mostly a purge that has overtaken it
		return ""
	}
	return note.record.Detail
}

// follow reads how a flight ended that this request did not lead.
func (k *ask) follow(ctx context.Context, flight corecache.Transaction, e *entry) bool {
	second := k.waited
	k.waited = true
	found, err := flight.Found()
	var note *entry
	if err == nil {
		note, err = k.entry(found)
	}
	if errors.Is(err, corecache.ErrNotFound) { // a purge has overtaken it
		return false
	}
	if err != nil {
		k.app.log("read the flight for %s: %v", k.resource.Path, err)
		k.fetchAlone(ctx, e)
		return true
	}
	switch {
	case note.record.Kind == httpcache.KindFailure && e.use.StaleIfError:
		k.stale(e, note.record.Detail)
		return true
	case note.record.Kind == httpcache.KindFailure:
		if !k.fromVault(k.insert, note.record.Detail) {
			k.unavailable(note.record.Detail, note.retryAfter())
		}
		return true
	case note.record.Detail != "": // what came may not be shared
		k.fetchAlone(ctx, e)
		return true
	}
	// Its entry was not there when this request came first, so the flight that
	// has validated that began later.
	if second && !k.route.AllHeaders {
		k.confirmed = note.record.ID
	}
	return false
}

// replace puts what was fetched in the entry's place. Where that is not kept,
// the entry goes if the origin says that there is nothing any more, and is not
// given first any more if the origin says something else. Without an entry it
// only keeps.
func (k *ask) replace(e *entry, f *fetched) {
	f.outdone = f.keep && k.outdone(e, f)
	switch {
	case f.outdone:
	case f.keep && f.validated:
		k.update(e, f)
		k.save(f)
	case f.keep:
		k.store(f, k.insert)
		k.save(f)
	case e != nil && f.voids():
		k.app.drop(&e.record)
	case f.validated && f.record.Detail != "": // the content itself may not be kept any more
		k.app.drop(&e.record)
		k.forgetCopy()
	case e != nil && f.status() < 400 && !e.found.Stale():
		// It may be a maintenance page, or a redirection to one: the entry is
		// still good for an outage. A refusal says nothing about it at all.
		k.app.purge(surrogate.EntryKey(e.record.ID), true)
	}
}

// outdone reports whether a purge has overtaken a fetch, and what there is now
// is better than its answer: an entry that is newer than e, which the fetch was
// to replace, and after a hard purge, which would take the answer away again,
// e itself, which it has spared.
func (k *ask) outdone(e *entry, f *fetched) bool {
	switch k.app.leased(f.id) {
	case stands:
		return false
	case endedHard:
		return true
	}
	now, err := k.find()
	if err != nil || now == nil {
		return false
	}
	defer now.close()
	return now.record.Kind == httpcache.KindResponse && (e == nil || now.record.ID != e.record.ID)
}

// revalidateBehind renews an entry after it was given to the client. One
// request per place does it; after a failure nobody does for a while, nor while
// no origin may be asked.
func (k *ask) revalidateBehind(ctx context.Context, e *entry) {
	if down := k.app.down(); errors.Is(down, origin.ErrDisabled) || origin.RetryAfter(down) > 0 {
		return
	}
	failure, err := k.app.cache.Lookup(flightKey(e), corecache.LookupOptions{})
	if err == nil {
		_ = failure.Close() // a handle that cannot be closed cannot be helped
		return
	}
	if !errors.Is(err, corecache.ErrNotFound) {
		k.app.log("flight for %s: %v", k.resource.Path, err)
		return
	}
	tx, err := k.app.cache.Transact(behindKey(e), corecache.LookupOptions{})
	if err != nil {
		k.app.log("transaction for %s: %v", k.resource.Path, err)
		return
	}
	defer k.closeTransaction(tx)
	if !tx.MustInsertOrUpdate() {
		return
	}
	k.note(tx.Insert, httpcache.KindPass, landedTime, "") // nobody waits for this
	f := k.fetch(ctx, e)
	defer f.close()
	if f.failed() {
		k.app.log("revalidate %s: %s", k.resource.Path, f.why())
		if k.noteFailure(k.app.at(flightKey(e)), f) {
			k.noteSlow(e, f)
			k.note(k.app.at(behindKey(e)), httpcache.KindPass, f.pause(), "")
		}
		return
	}
	k.replace(e, f)
}
