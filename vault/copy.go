package vault

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"larder/httpcache"
)

// The format of a copy; numbers are big-endian:
//
//	version: 1 byte
//	current: 8 bytes, microseconds since 1970
//	length of the tenant's prefix: 1 byte
//	length of the record: 4 bytes
//	prefix, record, body
const (
	copyVersion = 2
	copyHead    = 1 + 8 + 1 + 4
)

// stored is a copy as the KV Store holds it.
type stored struct {
	record httpcache.StoredResponse
	body   []byte
	prefix string
	// current is the latest time at which the content is known to have been
	// the origin's.
	current time.Time
}

// copyName is the KV key of a copy.
func copyName(key []byte) string {
	sum := sha256.Sum256(key)
	return "copy/" + hex.EncodeToString(sum[:])
}

func (s *stored) encode() ([]byte, error) {
	record, err := s.record.AppendBinary(nil)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, copyHead+len(s.prefix)+len(record)+len(s.body))
	b = append(b, copyVersion)
	b = binary.BigEndian.AppendUint64(b, uint64(s.current.UnixMicro()))
	b = append(b, byte(len(s.prefix))) // surrogate.TenantPrefix is short
	b = binary.BigEndian.AppendUint32(b, uint32(len(record)))
	b = append(b, s.prefix...)
	b = append(b, record...)
	return append(b, s.body...), nil
}

// decode reads a copy; its body shares b's memory. Errors wrap errUnreadable.
func decode(b []byte) (*stored, error) {
	if len(b) < copyHead || b[0] != copyVersion {
		return nil, fmt.Errorf("%w: not a copy of version %d", errUnreadable, copyVersion)
	}
	current := time.UnixMicro(int64(binary.BigEndian.Uint64(b[1:]))).UTC()
	prefix, record, rest := int(b[9]), int(binary.BigEndian.Uint32(b[10:])), b[copyHead:]
	if prefix > len(rest) || record > len(rest)-prefix {
		return nil, fmt.Errorf("%w: copy cut short", errUnreadable)
	}
	s := &stored{current: current, prefix: string(rest[:prefix]), body: rest[prefix+record:]}
	if err := s.record.UnmarshalBinary(rest[prefix : prefix+record]); err != nil {
		return nil, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	if s.record.Length != int64(len(s.body)) {
		return nil, fmt.Errorf("%w: body of %d bytes instead of %d", errUnreadable, len(s.body), s.record.Length)
	}
	return s, nil
}
