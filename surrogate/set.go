package surrogate

import "slices"

const (
	// MaxKey is the maximum length of a surrogate key in bytes.
	MaxKey = 1024
	// MaxTotal is the maximum length of all keys of an entry in bytes,
	// including the spaces between them.
	MaxTotal = 16384
	// Buckets is the number of bucket keys that overflowing keys fold into.
	Buckets = 256
)

// Set collects the keys of one entry, most important first, within the
// platform's limits. The zero value is an empty set without a prefix.
type Set struct {
	prefix string
	keys   []string
	seen   map[string]struct{}
	size   int // of keys, each followed by a space
	// folded marks the buckets in use. With overflow set, there is room for all
	// of them.
	folded   [Buckets]bool
	overflow bool
	scratch  []byte
}

// NewSet returns an empty set whose keys get prefix, see [TenantPrefix]. It
// must be valid in a key.
func NewSet(prefix string) *Set { return &Set{prefix: prefix} }

// Add adds keys of content to the set, each as [Key] makes it and behind the prefix;
// under a prefix, the keys that all tenants share as well. Empty and repeated keys
// are skipped. Keys longer than [MaxKey], and those that come last if there are too
// many, are folded into their buckets.
func (s *Set) Add(keys ...string) {
	for _, key := range keys {
		if key == "" {
			continue
		}
		s.scratch = appendKey(append(s.scratch[:0], s.prefix...), key)
		if _, ok := s.seen[string(s.scratch)]; ok {
			continue
		}
		if n := len(s.scratch); n > MaxKey || s.size+n+1 > s.room() {
			s.fold(string(s.scratch))
			s.shrink()
			continue
		}
		s.insert(string(s.scratch))
		if s.prefix == "" {
			continue
		}
		if shared := sharedKey(s.scratch[len(s.prefix):]); !s.has(shared) {
			s.insert(shared)
			s.shrink()
		}
	}
}

// fold leaves a key out, and takes the key of its bucket instead.
func (s *Set) fold(full string) {
	s.overflow = true
	if !isShared(full) {
		s.folded[bucket(full)] = true
	}
}

// AddService adds a key of the service, without prefix or escaping. It goes
// before all others, so that it is never folded. The key must be valid, and
// there must be only a few such keys.
func (s *Set) AddService(key string) {
	if s.has(key) {
		return
	}
	s.insert(key)
	copy(s.keys[1:], s.keys)
	s.keys[0] = key
	s.shrink()
}

// AddAllBuckets adds every bucket key of the prefix, so that a purge of any
// item finds the entry. Use it for a response whose items are not all known.
func (s *Set) AddAllBuckets() {
	s.overflow = true
	for n := range s.folded {
		s.folded[n] = true
	}
	s.shrink()
}

// shrink folds keys from the end of the set until the set fits.
func (s *Set) shrink() {
	for s.size > s.room() && len(s.keys) > 0 {
		last := s.keys[len(s.keys)-1]
		s.keys = s.keys[:len(s.keys)-1]
		s.size -= len(last) + 1
		delete(s.seen, last)
		s.fold(last)
	}
}

// room returns how many bytes the keys may take, apart from bucket keys.
func (s *Set) room() int {
	if !s.overflow {
		return MaxTotal
	}
	buckets := Buckets * (len(s.prefix) + len(bucketMark) + len("ff "))
	if s.prefix != "" {
		buckets += len(sharedOverflow + " ")
	}
	return MaxTotal - buckets
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

// Keys returns all keys of the set, bucket keys and the like last. The caller must not
// modify the slice.
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
	if s.prefix != "" {
		all = append(all, sharedOverflow)
	}
	return all
}

// Bucket returns, without the prefix, the bucket key that replaces a key in an
// entry with too many keys. full is the key as entries carry it, with the prefix.
// About one in [Buckets] keys shares it.
func Bucket(full string) string { return bucketOf("", full) }

func bucketOf(prefix, full string) string { return bucketKey(prefix, bucket(full)) }

// bucket is an FNV-1a hash of the whole key. It must never change, because
// entries outlive a deployment.
func bucket[text string | []byte](full text) byte {
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

// ForPurge returns the keys to purge for a key of content: the key itself, unless it is
// longer than [MaxKey], and its bucket.
func ForPurge(prefix, key string) []string {
	full := prefix + Key(key)
	if len(full) > MaxKey {
		return []string{bucketOf(prefix, full)}
	}
	return []string{full, bucketOf(prefix, full)}
}
