package breaker

import (
	"bytes"
	"encoding/binary"
	"errors"
	"time"
)

// encodingVersion is the first byte of an encoded record.
const encodingVersion = 8

// maxFailures is the most that a configuration lets count.
const maxFailures = 100

var errEncoding = errors.New("malformed circuit")

// record is what the sandboxes of a POP share about one origin.
type record struct {
	circuit Circuit
	budget  Budget
}

// encode writes the record for the cache: the version, then varints; times are
// milliseconds since 1970, and 0 for none.
func (r record) encode() []byte {
	c := r.circuit
	data := []byte{encodingVersion}
	for _, n := range [...]int64{
		millis(c.Since), millis(c.Until), c.cooldown.Milliseconds(), int64(c.count),
		int64(r.budget.debt), millis(r.budget.at), int64(len(c.failures)),
	} {
		data = binary.AppendVarint(data, n)
	}
	for _, f := range c.failures {
		data = binary.AppendVarint(data, millis(f.At))
		data = binary.AppendVarint(data, int64(f.URL))
	}
	return data
}

func (r record) equal(other record) bool { return bytes.Equal(r.encode(), other.encode()) }

// decode reads what encode wrote. Another version's record is an error.
func decode(data []byte) (record, error) {
	if len(data) == 0 || data[0] != encodingVersion {
		return record{}, errEncoding
	}
	in := varints{left: data[1:]}
	r := record{
		circuit: Circuit{Since: in.time(), Until: in.time(), cooldown: in.duration(), count: in.count()},
		budget:  Budget{debt: in.count(), at: in.time()},
	}
	n := in.count()
	if n > maxFailures {
		return record{}, errEncoding
	}
	for range n {
		r.circuit.failures = append(r.circuit.failures, Failure{At: in.time(), URL: URL(in.next())})
	}
	if in.malformed || len(in.left) > 0 {
		return record{}, errEncoding
	}
	return r, nil
}

// varints reads numbers until one is malformed.
type varints struct {
	left      []byte
	malformed bool
}

func (v *varints) next() int64 {
	n, size := binary.Varint(v.left)
	if size <= 0 {
		v.malformed, v.left = true, nil
		return 0
	}
	v.left = v.left[size:]
	return n
}

func (v *varints) count() int {
	n := v.next()
	v.malformed = v.malformed || n < 0
	return int(n)
}

func (v *varints) duration() time.Duration { return time.Duration(v.count()) * time.Millisecond }

func (v *varints) time() time.Time {
	n := v.next()
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
