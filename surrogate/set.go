package surrogate

import "slices"

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
	prefix string
	keys   []string
	seen   map[string]struct{}
	size   int // of keys, a space behind each
	// folded are the buckets of keys that are too long or too many. Once there
	// is one, room is kept for all of them.
	folded   [Buckets]bool
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
		switch {
		case s.has(full):
		case len(full) > MaxKey:
			s.fold(full)
		case s.size+len(full)+1 > s.room():
			s.fold(full)
		default:
			s.insert(full)
		}
	}
}

// AddService puts a key into the set that belongs to the service and not to
// the tenant: no prefix, no escaping. It comes before all others, so that it
// is never folded; the key must be valid, and such keys few.
func (s *Set) AddService(key string) {
	if s.has(key) {
		return
	}
	s.insert(key)
	copy(s.keys[1:], s.keys)
	s.keys[0] = key
	s.shrink()
}

// AddAllBuckets puts every bucket key of the prefix into the set. It is for an
// answer whose items are not all known: a purge of any item refreshes it then.
func (s *Set) AddAllBuckets() {
	s.overflow = true
	for n := range s.folded {
		s.folded[n] = true
	}
	s.shrink()
}

// fold puts a key into its bucket.
func (s *Set) fold(full string) {
	s.overflow = true
	s.folded[bucket(full)] = true
	s.shrink()
}

// shrink folds keys from the end of the set until all of it fits.
func (s *Set) shrink() {
	for s.size > s.room() && len(s.keys) > 0 {
		last := s.keys[len(s.keys)-1]
		s.keys = s.keys[:len(s.keys)-1]
		s.size -= len(last) + 1
		delete(s.seen, last)
		s.overflow = true
		s.folded[bucket(last)] = true
	}
}

// room is what the keys may take, beside the buckets.
func (s *Set) room() int {
	if !s.overflow {
		return MaxTotal
	}
	return MaxTotal - Buckets*len(s.prefix+bucketMark+"ff ")
}

func (s *Set) has(full string) bool {
	_, ok := s.seen[full]
	return ok
}

func (s *Set) insert(full string) {
	if s.seen == nil {
		s.seen = make(map[string]struct{})
	}
	s.seen[full] = struct{}{}
	s.keys = append(s.keys, full)
	s.size += len(full) + 1
}

// Keys returns the set as the host takes it.
func (s *Set) Keys() []string {
	if !s.overflow {
		return s.keys
	}
	all := slices.Clip(s.keys)
	for n, folded := range s.folded {
		if name := bucketKey(s.prefix, byte(n)); folded && !s.has(name) {
			all = append(all, name)
		}
	}
	return all
}

// bucketMark begins the name of a bucket. Escape leaves it alone, so an
// item's key may begin with it too: purging that item then refreshes a bucket.
const bucketMark = "~"

// Bucket returns the key that stands for key, and for about one in [Buckets]
// others, where an entry has too many keys of its own.
func Bucket(prefix, key string) string { return bucketOf(prefix, prefix+Escape(key)) }

func bucketOf(prefix, full string) string { return bucketKey(prefix, bucket(full)) }

// bucket hashes the whole key. FNV-1a, and fixed for ever: entries outlive a
// deployment.
func bucket(full string) byte {
	hash := uint32(2166136261)
	for i := 0; i < len(full); i++ {
		hash = (hash ^ uint32(full[i])) * 16777619
	}
	return byte(hash ^ hash>>8 ^ hash>>16 ^ hash>>24)
}

func bucketKey(prefix string, n byte) string {
	return prefix + bucketMark + string([]byte{lowerHex[n>>4], lowerHex[n&15]})
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
