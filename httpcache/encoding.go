package httpcache

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// ErrRecord is wrapped by every error of [StoredResponse.UnmarshalBinary]: the
// bytes are not a record of this version.
var ErrRecord = errors.New("not a stored response's record")

// ErrRecordTooLarge is wrapped by the error of [StoredResponse.AppendBinary]
// for a record of more than [MaxRecord] bytes.
var ErrRecordTooLarge = errors.New("stored response's record is too large")

// MaxRecord is the maximum size of a record in bytes: twice the platform's
// limit for a header section.
const MaxRecord = 256 << 10

// recordVersion is the first byte of a record. Change it with the format: a
// record of another version is not read, which is an error for the caller.
const recordVersion = 3

// Flags of a record.
const (
	flagMustRevalidate = 1 << iota
	flagNoCache
	flagPartial
	flagRewritten
	flagKeysLease
)

func flagIf(set bool, flag byte) byte {
	if set {
		return flag
	}
	return 0
}

// AppendBinary appends the record to b. The format is this version's alone:
//
//	version, flags: a byte each
//	numbers: varints (zigzag); durations are nanoseconds, the time is
//	microseconds, lengths are bytes
//	strings: length and bytes
//	lists: number of members and the members
//	header: number of fields, number of all lines, then each field's name
//	and lines, sorted by name
//
// An error wraps [ErrRecordTooLarge] and leaves b unchanged.
func (s *StoredResponse) AppendBinary(b []byte) ([]byte, error) {
	flags := flagIf(s.MustRevalidate, flagMustRevalidate) |
		flagIf(s.NoCache, flagNoCache) |
		flagIf(s.Partial, flagPartial) |
		flagIf(s.rewritten, flagRewritten) |
		flagIf(s.KeysLease, flagKeysLease)
	start := len(b)
	b = append(b, recordVersion, flags)
	for _, n := range s.numbers() {
		b = binary.AppendVarint(b, *n)
	}
	b = binary.AppendVarint(b, int64(s.Status))
	b = binary.AppendVarint(b, s.Received.UnixMicro())
	for _, text := range s.texts() {
		b = appendString(b, *text)
	}
	b = binary.AppendUvarint(b, uint64(len(s.Keys)))
	for _, key := range s.Keys {
		b = appendString(b, key)
	}
	b = appendHeader(b, s.Header)
	if len(b)-start > MaxRecord {
		return b[:start], fmt.Errorf("append record of %d bytes: %w", len(b)-start, ErrRecordTooLarge)
	}
	return b, nil
}

// numbers lists the numeric fields in the order of the format.
func (s *StoredResponse) numbers() [10]*int64 {
	return [...]*int64{
		(*int64)(&s.Freshness), (*int64)(&s.InitialAge),
		(*int64)(&s.StaleWhileRevalidate), (*int64)(&s.StaleIfError),
		(*int64)(&s.Validation), (*int64)(&s.ClientTTL),
		&s.Length, &s.First, &s.Last, &s.Total,
	}
}

// texts lists the strings in the order of the format.
func (s *StoredResponse) texts() [5]*string {
	return [...]*string{&s.ID, &s.OriginETag, &s.Detail, &s.policy, &s.Rules}
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendHeader(b []byte, h http.Header) []byte {
	names := make([]string, 0, len(h))
	lines := 0
	for name := range h {
		names = append(names, name)
		lines += len(h[name])
	}
	slices.Sort(names)
	b = binary.AppendUvarint(b, uint64(len(names)))
	b = binary.AppendUvarint(b, uint64(lines))
	for _, name := range names {
		b = appendString(b, name)
		b = binary.AppendUvarint(b, uint64(len(h[name])))
		for _, line := range h[name] {
			b = appendString(b, line)
		}
	}
	return b
}
