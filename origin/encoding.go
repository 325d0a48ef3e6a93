package origin

import (
	"encoding/binary"
	"errors"
	"time"
)

// encodingVersion is the first byte of an encoded circuit.
const encodingVersion = 7

// maxFailures is the most of each kind that a circuit remembers, with the most
// that a configuration lets count.
const maxFailures = knownPaths * 100

var errEncoding = errors.New("malformed circuit")

// encode writes the circuit for the cache: the version, and then numbers as
// varints, times in milliseconds since 1970 and 0 for none.
func (c circuit) encode() []byte {
	data := []byte{encodingVersion}
	for _, n := range [...]int64{millis(c.since), millis(c.until), millis(c.good), millis(c.early), c.pause.Milliseconds(), int64(c.count), int64(c.news)} {
		data = binary.AppendVarint(data, n)
	}
	for _, all := range [...][]failure{c.failures, c.bad} {
		data = binary.AppendVarint(data, int64(len(all)))
		for _, f := range all {
			data = binary.AppendVarint(data, millis(f.at))
			data = binary.AppendVarint(data, int64(f.path))
			data = binary.AppendVarint(data, f.took.Milliseconds())
		}
	}
	return data
}

// decodeCircuit reads what encode wrote. Another version's circuit is an
// error, as is anything that cannot be.
func decodeCircuit(data []byte) (circuit, error) {
	if len(data) == 0 || data[0] != encodingVersion {
		return circuit{}, errEncoding
	}
	r := varints{rest: data[1:]}
	c := circuit{
		since: r.time(), until: r.time(), good: r.time(), early: r.time(), pause: r.duration(), count: int(r.next()), news: int(r.next()),
		failures: r.failures(), bad: r.failures(),
	}
	if r.bad || len(r.rest) > 0 || c.count < 0 || c.news < 0 {
		return circuit{}, errEncoding
	}
	return c, nil
}

// varints reads numbers until one is malformed.
type varints struct {
	rest []byte
	bad  bool
}

func (r *varints) next() int64 {
	n, size := binary.Varint(r.rest)
	if size <= 0 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

func (r *varints) failures() []failure {
	n := r.next()
	if n < 0 || n > maxFailures {
		r.bad = true
		return nil
	}
	var all []failure
	for range n {
		all = append(all, failure{at: r.time(), path: pathID(r.next()), took: r.duration()})
	}
	return all
}

func (r *varints) duration() time.Duration {
	d := time.Duration(r.next()) * time.Millisecond
	r.bad = r.bad || d < 0
	return d
}

func (r *varints) time() time.Time {
	n := r.next()
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n)
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
