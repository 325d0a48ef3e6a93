package surrogate

import "strings"

const (
	// MaxKey is the longest surrogate key in bytes.
	MaxKey = 1024
	// MaxTotal is the room for all keys of an entry in bytes, the spaces
	// between them included.
	MaxTotal = 16384
	// Buckets is the number of bucket keys that overflowing keys fold into.
	Buckets = 256
)

// Set collects the keys of one entry in the order of their importance, and
// never holds more than the platform takes. The zero value is an empty set
// without a tenant.
type Set struct {
	prefix   string
	keys     []string
	seen     map[string]struct{}
	size     int // of keys, a space behind each
	overflow bool
}

// NewSet returns an empty set whose keys carry prefix, a tenant's, in front.
// The prefix must be valid in a key.
func NewSet(prefix string) *Set { return &Set{prefix: prefix} }

// Add puts keys into the set, each escaped and under the tenant's prefix.
// Empty keys and those that are there already are left out. A key that is too
// long is folded into its bucket, and so are the last ones where they are too
// many.
func (s *Set) Add(keys ...string) {
	for _, key := range keys {
		if key == "" {
			continue
		}
		full := s.prefix + Escape(key)
		if len(full) > MaxKey || s.overflow && !s.has(full) {
			full = bucketOf(s.prefix, full)
		}
		s.insert(full)
		if s.size > MaxTotal {
			s.fold()
		}
	}
}

// AddService puts a key into the set that belongs to the service and not to
// the tenant: no prefix, no escaping. It comes before all others, so that it
// is never folded; the key must be valid, and such keys few.
func (s *Set) AddService(key string) {
	if !s.has(key) {
		s.insert(key)
		copy(s.keys[1:], s.keys)
		s.keys[0] = key
	}
	if s.size > MaxTotal {
		s.fold()
	}
}

// fold moves keys from the end of the set into their buckets until every
// bucket there is would fit as well.
func (s *Set) fold() {
	s.overflow = true
	room := Buckets * len(s.prefix+bucketMark+"ff ")
	var folded []string
	for len(s.keys) > 0 && s.size > MaxTotal-room {
		last := s.keys[len(s.keys)-1]
		s.keys = s.keys[:len(s.keys)-1]
		s.size -= len(last) + 1
		delete(s.seen, last)
		folded = append(folded, last)
	}
	for _, key := range folded {
		s.insert(bucketOf(s.prefix, key))
	}
}

func (s *Set) has(full string) bool {
	_, ok := s.seen[full]
	return ok
}

func (s *Set) insert(full string) {
	if s.has(full) {
		return
	}
	if s.seen == nil {
		s.seen = make(map[string]struct{})
	}
	s.seen[full] = struct{}{}
	s.keys = append(s.keys, full)
	s.size += len(full) + 1
}

// Keys returns the set as the host takes it. The slice is the set's own.
func (s *Set) Keys() []string { return s.keys }

// Overflowed reports whether keys were folded because they were too many.
func (s *Set) Overflowed() bool { return s.overflow }

// bucketMark begins the name of a bucket. Escape leaves it alone, so an
// item's key may begin with it too: purging that item then refreshes a bucket.
const bucketMark = "~"

// Bucket returns the key that stands for key, and for about one in [Buckets]
// others, where an entry has too many keys of its own.
func Bucket(prefix, key string) string { return bucketOf(prefix, prefix+Escape(key)) }

// bucketOf hashes the whole key. FNV-1a, and fixed for ever: entries outlive
// a deployment.
func bucketOf(prefix, full string) string {
	hash := uint32(2166136261)
	for i := 0; i < len(full); i++ {
		hash = (hash ^ uint32(full[i])) * 16777619
	}
	bucket := byte(hash ^ hash>>8 ^ hash>>16 ^ hash>>24)
	return prefix + bucketMark + string([]byte{lowerHex[bucket>>4], lowerHex[bucket&15]})
}

const lowerHex = "0123456789abcdef"

// ForPurge returns what has to be purged for key to vanish from every entry
// that has it: the key itself, unless it is too long to be one, and its
// bucket.
func ForPurge(prefix, key string) []string {
	full := prefix + Escape(key)
	if len(full) > MaxKey {
		return []string{bucketOf(prefix, full)}
	}
	return []string{full, bucketOf(prefix, full)}
}

// FromHeader returns the keys of a Surrogate-Key, xkey (space separated) or
// Cache-Tag (comma separated) header's values.
func FromHeader(values []string) []string {
	var keys []string
	for _, v := range values {
		keys = append(keys, strings.FieldsFunc(v, func(r rune) bool {
			return r == ' ' || r == ',' || r == '\t'
		})...)
	}
	return keys
}
