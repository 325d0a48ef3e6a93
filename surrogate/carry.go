package surrogate

import "strings"

// Carry adds keys returned by [Set.Keys] of another set with the same prefix:
// prefixed, escaped and possibly including bucket keys.
func (s *Set) Carry(keys ...string) {
	for _, key := range keys {
		// As an ordinary key, a bucket key could be folded into another bucket.
		if n, ok := s.bucketNumber(key); ok {
			s.overflow = true
			s.folded[n] = true
		} else if key == sharedOverflow {
			s.overflow = true
		} else if !s.has(key) {
			s.insert(key)
		}
	}
	s.shrink()
}

// bucketNumber returns the number of the bucket with this key.
func (s *Set) bucketNumber(key string) (n int, ok bool) {
	digits, ok := strings.CutPrefix(key, s.prefix+bucketMark)
	if !ok || len(digits) != 2 {
		return 0, false
	}
	high, low := strings.IndexByte(lowerHex, digits[0]), strings.IndexByte(lowerHex, digits[1])
	return high<<4 | low, high >= 0 && low >= 0
}
