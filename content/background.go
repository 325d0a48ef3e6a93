package content

import (
	"context"
	"errors"

	"larder/corecache"
)

// revalidateBehind renews an entry after it was served. One request per POP
// does it, and none while a negative entry stands. No request waits for it, since
// the stale entry may be served until the fetch is done.
func (fl flight) revalidateBehind(ctx context.Context, e *entry) {
	r := fl.request
	found, err := r.Cache.Lookup(fl.key(), corecache.LookupOptions{})
	if err == nil {
		_ = found.Close() // a handle that cannot be closed cannot be helped
		return
	}
	if !errors.Is(err, corecache.ErrNotFound) {
		r.describe("look for a flight of", err)
		return
	}
	tx, err := r.Cache.Transact(fl.key(), corecache.LookupOptions{})
	if err != nil {
		r.describe("begin a flight for", err)
		return
	}
	defer r.closeTransaction(tx)
	if !tx.MustInsertOrUpdate() {
		return
	}
	if r.replaced(e) {
		fl.publish(tx.Insert, outcome{kind: landed})
		return
	}
	fl.publish(tx.Insert, outcome{kind: underWay, reason: reasonSlow})
	f := r.fetch(ctx, e)
	put := r.insertAt(fl.key())
	if f.verdict == failedFetch {
		fl.publishFailure(put, f)
		return
	}
	for _, work := range (copies{r}).afterStoring(e, f, fl.conclude(put, e, f)) {
		work()
	}
}

// replaced reports whether the cache has another entry by now, or none.
func (r *request) replaced(e *entry) bool {
	now, err := r.lookupStored("")
	if err != nil {
		return false
	}
	return now == nil || now.record.ID != e.record.ID
}
