package origin

import (
	"errors"
	"hash/fnv"
	"slices"
	"time"

	"larder/config"
)

// failure is one that counts in a circuit: that of a path, which has had an
// answer that was no good, or that of the origin, which has given none.
type failure struct {
	at   time.Time
	path pathID
	took time.Duration // the attempt
}

// earlyCost is how many times as long as it took a failure bars early trials,
// so that those who wait for them in vain wait a small part of the time.
const earlyCost = 10

// barsUntil is when an origin may be tried early again after the failure.
func (f failure) barsUntil(b config.Breaker) time.Time {
	return f.at.Add(max(b.Cooldown, earlyCost*f.took))
}

// pathID is a short hash of a request's path. Two paths that share one count
// as the same, which costs a failure more until the circuit opens.
type pathID uint32

// noPath is that of failures without an answer.
const noPath pathID = 0

func idOf(path string) pathID {
	h := fnv.New32a()
	_, _ = h.Write([]byte(path)) // never fails (hash.Hash)
	return pathID(max(h.Sum32(), 1))
}

// answered reports whether an attempt had an answer, good or bad: the header
// section came, and something behind it.
func answered(err error) bool {
	return err == nil || unfinished(err) && !errors.Is(err, errNoBody) || errors.Is(err, ErrNotAccepted)
}

// unfinished reports whether the body did not come to its end, whoever has read
// it: the client, or the Accept of the request.
func unfinished(err error) bool { return errors.Is(err, ErrTruncated) || errors.Is(err, errSlowBody) }

// The functions on failures leave the slices that they are given alone.

// with adds a failure. Those of one path count once: the latest.
func with(all []failure, f failure) []failure { return append(without(all, f.path), f) }

// without returns the failures of other paths, and those of none.
func without(all []failure, path pathID) []failure {
	return slices.DeleteFunc(slices.Clone(all), func(f failure) bool { return f.path != noPath && f.path == path })
}

func has(all []failure, path pathID) bool {
	return path != noPath && slices.ContainsFunc(all, func(f failure) bool { return f.path == path })
}

// recent returns the failures of the last while.
func recent(all []failure, window time.Duration, now time.Time) []failure {
	return slices.DeleteFunc(slices.Clone(all), func(f failure) bool { return now.Sub(f.at) > window })
}

// knownPaths is how many paths are remembered that fail, as a multiple of the
// failures that open a circuit. There may well be more bad pages than open it.
const knownPaths = 4

// latest returns as many failures as are remembered.
func latest(all []failure, b config.Breaker) []failure {
	return all[max(0, len(all)-knownPaths*b.Failures):]
}
