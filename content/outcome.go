package content

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"larder/corecache"
	"larder/fence"
)

// kind says how a flight ended, or that it goes on.
type kind string

const (
	// landed: look again. The entry is there, or an answer to share.
	landed kind = "landed"
	// pass: the answer may not be shared at all (Fastly's hit-for-pass).
	pass kind = "pass"
	// failed: no origin gave a usable answer: a negative entry.
	failed kind = "failed"
	// underWay: the fetch goes on, and requests with a copy do not wait for it.
	underWay kind = "under-way"
)

// outcome is what stands on a flight's key.
type outcome struct {
	kind kind
	// id of the fetch, and of the entry that it made.
	id string
	// reason for pass and failed, as in Cache-Status.
	reason string
	// retryAt is when clients may ask again after a failure.
	retryAt time.Time
}

const (
	// landingTime is how long those who waited can read that a flight landed.
	// After it the next fetch for the resource can begin.
	landingTime = 20 * time.Millisecond
	// passTime is how long requests do not wait for each other's fetches of an
	// answer that turned out not to be shareable.
	passTime = 10 * time.Second
)

// encode writes kind, id, reason and the time in milliseconds since 1970, each
// on a line.
func (o outcome) encode() []byte {
	lines := []string{string(o.kind), o.id, o.reason, strconv.FormatInt(o.retryAt.UnixMilli(), 10)}
	return []byte(strings.Join(lines, "\n"))
}

var errOutcome = errors.New("not the outcome of a flight")

func decodeOutcome(data []byte) (outcome, error) {
	lines := strings.Split(string(data), "\n")
	if len(lines) != 4 {
		return outcome{}, errOutcome
	}
	retryAt, err := strconv.ParseInt(lines[3], 10, 64)
	if err != nil {
		return outcome{}, errOutcome
	}
	return outcome{kind: kind(lines[0]), id: lines[1], reason: lines[2], retryAt: time.UnixMilli(retryAt)}, nil
}

// insert puts an object into one slot of the cache: a transaction's, or any.
type insert func(corecache.WriteOptions) (corecache.Writer, error)

// insertAt puts an object at a key, over whatever is there.
func (s *Server) insertAt(key []byte) insert {
	return func(opts corecache.WriteOptions) (corecache.Writer, error) { return s.Cache.Insert(key, opts) }
}

// publish puts an outcome on a flight's key for as long as its kind stands.
func (fl flight) publish(put insert, o outcome) {
	ttl := landingTime
	switch o.kind {
	case pass:
		ttl = passTime
	case underWay:
		ttl = 2 * fl.Config.Deadline // with time to store the answer
	}
	fl.publishFor(ttl, put, o)
}

// publishFor publishes for a time. Purges remove failures; the other outcomes
// are right whatever is purged.
func (fl flight) publishFor(ttl time.Duration, put insert, o outcome) {
	opts := corecache.WriteOptions{TTL: ttl, UserMetadata: o.encode(), HasLength: true}
	if o.kind == failed {
		opts.SurrogateKeys = fence.NegativeKeys(fl.scope(), o.id)
	}
	if err := write(put, opts, nil); err != nil {
		fl.describe("publish a flight of", err)
	}
}

// write puts a whole object into the cache.
func write(put insert, opts corecache.WriteOptions, body []byte) error {
	w, err := put(opts)
	if err != nil {
		return err
	}
	if len(body) > 0 {
		if _, err := w.Write(body); err != nil {
			return errors.Join(err, w.Abandon())
		}
	}
	return w.Close()
}

const (
	// unreachableTime is how long a failure to reach any origin stands. The
	// circuits protect the origins, so it only spares those who come together.
	unreachableTime = time.Second
	// firstBackoff is how long the first bad answer for a resource stands.
	firstBackoff = time.Second
)

// publishFailure writes the negative entry of a fetch, and remembers the
// failure for longer. Failures that are the resource's own stand for twice as
// long each time they go on, and for as long as the origin asks, up to
// breaker.max_cooldown. It returns after how long a client may try again.
func (fl flight) publishFailure(put insert, f *fetched) time.Duration {
	longest := fl.Config.Breaker.MaxCooldown
	last, _ := fl.lastFailure()
	stands, count := unreachableTime, last.count
	if !f.unreachable() {
		stands = min(firstBackoff<<min(count, 20), longest)
		stands = max(stands, min(f.retryAfter(), longest), min(firstBackoff, longest))
		count++
	}
	fl.remember(failure{count: count, reason: f.reason()}, stands+longest)
	retry := max(stands, min(f.retryAfter(), maxRetryAfter))
	fl.publishFor(stands, put, outcome{kind: failed, id: f.id, reason: f.reason(), retryAt: fl.Now().Add(retry)})
	fl.Fence.SettleNegative(f.id)
	return retry
}

// maxRetryAfter bounds what clients are told to wait.
const maxRetryAfter = time.Hour

// failure is what is remembered of a resource's latest failures once their
// negative entry is over.
type failure struct {
	count  int
	reason string
}

// lastFailure reads it. It reports false where nothing has failed lately.
func (fl flight) lastFailure() (failure, bool) {
	found, err := fl.Cache.Lookup(fl.failures(), corecache.LookupOptions{})
	if err != nil {
		return failure{}, false
	}
	metadata, err := found.UserMetadata()
	if errors.Join(err, found.Close()) != nil {
		return failure{}, false
	}
	count, reason, _ := strings.Cut(string(metadata), " ")
	n, err := strconv.Atoi(count)
	return failure{count: n, reason: reason}, err == nil && reason != ""
}

// forgetFailures lets the next failure be the first one again.
func (fl flight) forgetFailures() {
	if _, ok := fl.lastFailure(); ok {
		fl.remember(failure{}, landingTime)
	}
}

func (fl flight) remember(last failure, ttl time.Duration) {
	opts := corecache.WriteOptions{TTL: ttl, HasLength: true, UserMetadata: []byte(strconv.Itoa(last.count) + " " + last.reason)}
	if err := write(fl.insertAt(fl.failures()), opts, nil); err != nil {
		fl.describe("remember a failure of", err)
	}
}
