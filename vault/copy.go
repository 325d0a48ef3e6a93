package vault

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"larder/httpcache"
)

// The format of a copy. Metadata is base64, because the host takes text:
//
//	version (1 byte)
//	current: 8 bytes, big-endian, microseconds since 1970
//	tenant prefix: length (uvarint) and bytes
//	record without its keys: the rest, if it fits
//
// The value:
//
//	record without its keys: length and bytes; none if it is in the metadata
//	keys, joined by spaces: length and bytes
//	body: the rest
const copyVersion = 1

// stored is a copy as the KV Store keeps it.
type stored struct {
	record httpcache.StoredResponse
	body   []byte
	prefix string
	// current is the latest moment at which the content was known to be the
	// origin's, as far as purges tell.
	current time.Time
}

// copyName is the KV key of a copy.
func copyName(key []byte) string {
	sum := sha256.Sum256(key)
	return "copy/" + hex.EncodeToString(sum[:])
}

func (s *stored) encode() (metadata, value []byte, err error) {
	bare := s.record
	bare.Keys = nil
	record, err := bare.AppendBinary(nil)
	if err != nil {
		return nil, nil, err
	}
	head := []byte{copyVersion}
	head = binary.BigEndian.AppendUint64(head, uint64(s.current.UnixMicro()))
	head = appendBytes(head, s.prefix)
	if base64.RawStdEncoding.EncodedLen(len(head)+len(record)) <= MaxMetadata {
		head, record = append(head, record...), nil
	}
	value = make([]byte, 0, len(record)+len(s.body)+64)
	value = appendBytes(value, record)
	value = appendBytes(value, strings.Join(s.record.Keys, " "))
	value = append(value, s.body...)
	return base64.RawStdEncoding.AppendEncode(nil, head), value, nil
}

func appendBytes[T string | []byte](b []byte, part T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(part))), part...)
}

// decode reads a copy; its body shares the value's memory. Errors wrap
// errUnreadable.
func decode(metadata, value []byte) (*stored, error) {
	head := make([]byte, base64.RawStdEncoding.DecodedLen(len(metadata)))
	n, err := base64.RawStdEncoding.Decode(head, metadata)
	if err != nil || n < 1+8 || head[0] != copyVersion {
		return nil, fmt.Errorf("%w: not a copy of version %d", errUnreadable, copyVersion)
	}
	s := &stored{
		current: time.UnixMicro(int64(binary.BigEndian.Uint64(head[1:]))).UTC(),
	}
	prefix, short, ok := cutBytes(head[9:n])
	long, rest, okLong := cutBytes(value)
	keys, body, okKeys := cutBytes(rest)
	if !ok || !okLong || !okKeys {
		return nil, fmt.Errorf("%w: copy cut short", errUnreadable)
	}
	record := short
	if len(record) == 0 {
		record = long
	}
	if err := s.record.UnmarshalBinary(record); err != nil {
		return nil, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	if s.record.Length != int64(len(body)) {
		return nil, fmt.Errorf("%w: body of %d bytes instead of %d", errUnreadable, len(body), s.record.Length)
	}
	s.prefix, s.body = string(prefix), body
	s.record.Keys = strings.Fields(string(keys))
	return s, nil
}

// cutBytes takes a length and that many bytes from the front of b.
func cutBytes(b []byte) (part, rest []byte, ok bool) {
	length, n := binary.Uvarint(b)
	if n <= 0 || length > uint64(len(b)-n) {
		return nil, nil, false
	}
	return b[n : n+int(length)], b[n+int(length):], true
}
