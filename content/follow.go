package content

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"strconv"
	"time"

	"larder/corecache"
	"larder/fence"
	"larder/httpcache"
	"larder/resource"
)

// waited is what a request knows from the flights that it has waited for.
type waited struct {
	flights int
	// last is the ID of the latest fetch that landed.
	last string
	// accepted is the ID of an entry from a flight that began after the
	// request arrived.
	accepted string
}

// second reports whether an outcome is that of a second flight: it began after
// the first had landed, and so after the request arrived. Its result is right
// for the request whatever was purged since.
func (w waited) second(o outcome) bool { return w.flights > 0 && o.id != w.last }

// follower is a request whose fetch another request leads.
type follower struct {
	flight
	e *entry // that was found, or nil
	waited
}

// follow acts on the outcome of a flight that another request leads. It returns
// no result where the cache has to be looked at again.
func (fo *follower) follow(ctx context.Context, tx corecache.Transaction) (*Result, waited) {
	found, err := tx.Found()
	if errors.Is(err, corecache.ErrNotFound) { // the outcome was over before the host woke this request
		return nil, waited{flights: fo.flights + 1, accepted: fo.accepted}
	}
	var o outcome
	if err == nil {
		o, err = readOutcome(found)
	}
	if err != nil {
		fo.describe("read a flight of", err)
		return fo.fetchAlone(ctx, fo.e), fo.waited
	}
	switch o.kind {
	case failed:
		if fo.second(o) || fo.stands(found, o) {
			return fo.serveNegative(o), fo.waited
		}
	case pass:
		return fo.fetchAlone(ctx, fo.e), fo.waited
	case underWay:
		if fo.e.staleAllowed() {
			return serveStale(fo.e, o.reason), fo.waited
		}
		if !fo.awaitLanding() {
			return fo.fetchAlone(ctx, fo.e), fo.waited
		}
		return nil, fo.waited
	}
	return nil, fo.afterLanding(found, o)
}

func readOutcome(found corecache.Found) (outcome, error) {
	metadata, err := found.UserMetadata()
	if err != nil {
		return outcome{}, err
	}
	return decodeOutcome(metadata)
}

// afterLanding counts a flight, and accepts the entry of the second one. Where
// the same outcome comes up again, its entry has vanished, and the next flight
// can begin once the outcome is over.
func (fo *follower) afterLanding(found corecache.Found, o outcome) waited {
	w := fo.waited
	if w.flights > 0 && o.id == w.last || o.kind != landed {
		age, err := found.Age()
		if err == nil {
			fo.Sleep(max(landingTime-age, 0))
		}
	}
	if w.second(o) {
		w.accepted = o.id
	}
	w.flights, w.last = w.flights+1, o.id
	return w
}

// stands reports whether no purge came during the fetch of a negative entry.
// Requests check that in its first seconds, as they do for entries.
func (fo *follower) stands(found corecache.Found, o outcome) bool {
	age, err := found.Age()
	return err == nil && fo.Fence.OnProbation(o.id, false, age) == fence.Standing
}

// A request that must wait for a fetch behind an answer looks again after
// firstPoll, and then after twice as long each time, up to longestPoll.
const (
	firstPoll   = 10 * time.Millisecond
	longestPoll = 250 * time.Millisecond
)

// awaitLanding waits for a fetch that goes on behind another request's answer.
// It is for requests that may not have the stale entry, and reports false if the
// fetch takes longer than any may.
func (fo *follower) awaitLanding() (landed bool) {
	until := fo.Now().Add(fo.Config.Deadline)
	for pause := firstPoll; fo.Now().Before(until); pause = min(2*pause, longestPoll) {
		found, err := fo.Cache.Lookup(fo.key(), corecache.LookupOptions{})
		if err != nil {
			return true
		}
		o, err := readOutcome(found)
		if _ = found.Close(); err != nil || o.kind != underWay {
			return true
		}
		fo.Sleep(pause)
	}
	return false
}

// passSlots is how many requests at once fetch an answer that cannot be shared,
// for each resource and POP.
const passSlots = 16

// fetchAlone fetches for this request only. e is the entry that the answer
// replaces, or nil.
func (r *request) fetchAlone(ctx context.Context, e *entry) *Result {
	release := takeSlot(r)
	f := r.fetch(ctx, e)
	release() // to the next one in the queue
	if f.verdict == failedFetch {
		res, _ := r.answerFailed(e, f)
		return res
	}
	if res := (copies{r}).beatsError(f); res != nil {
		return res
	}
	res := r.answerFetched(e, f, r.store(e, f))
	if e == nil {
		res.Status.Fwd = httpcache.FwdMiss // unlike a leader, it has not looked again
	}
	return res
}

// takeSlot waits for one of the slots, in the host, and returns what releases
// it. Where the cache fails there are none to wait for.
func takeSlot(r *request) (release func()) {
	sum := sha256.Sum256(r.Resource.Key)
	n := sha256.Sum256([]byte(r.NewID()))[0] % passSlots
	key := append([]byte(resource.KeyVersion+"\npass\n"+strconv.Itoa(int(n))+"\n"), sum[:]...)
	tx, err := r.Cache.Transact(key, corecache.LookupOptions{})
	if err != nil {
		r.describe("wait for", err)
		return func() {}
	}
	return func() { r.closeTransaction(tx) }
}

// readAll reads a stored body of a known length.
func readAll(found corecache.Found, length int64) ([]byte, error) {
	body, err := found.Body()
	if err != nil {
		return nil, err
	}
	data := make([]byte, max(length, 0))
	_, err = io.ReadFull(body, data)
	return data, errors.Join(err, body.Close())
}
