package origin

import (
	"errors"
	"hash/fnv"
	"slices"
	"time"
)

// failure is one that counts in a circuit: that of a path, which has had an
// answer that was no good, or that of the origin, which has given none.
type failure struct {
	at   time.Time
	path pathID
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
// section came.
func answered(err error) bool {
	return err == nil || errors.Is(err, ErrTruncated) || errors.Is(err, errSlowBody) || errors.Is(err, ErrNotAccepted)
}

// with adds a failure. Those of one path count once: the latest.
func with(all []failure, f failure) []failure {
	others := slices.Clone(all)
	if f.path != noPath {
		others = slices.DeleteFunc(others, func(old failure) bool { return old.path == f.path })
	}
	return append(others, f)
}
