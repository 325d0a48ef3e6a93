package surrogate

import "strings"

// Carry takes over keys as another set with the same prefix has returned them:
// with the prefix, escaped, its buckets among them.
func (s *Set) Carry(keys ...string) {
	for _, key := range keys {
		// A bucket that was taken for a key could be folded into another one.
		if n, ok := s.bucketNumber(key); ok {
			s.overflow = true
			s.folded[n] = true
		} else if !s.has(key) {
			s.insert(key)
		}
	}
	s.shrink()
}

// bucketNumber is the number of the bucket that has this name.
func (s *Set) bucketNumber(key string) (n int, ok bool) {
	digits, ok := strings.CutPrefix(key, s.prefix+bucketMark)
	if !ok || len(digits) != 2 {
		return 0, false
	}
	high, low := strings.IndexByte(lowerHex, digits[0]), strings.IndexByte(lowerHex, digits[1])
	return high<<4 | low, high >= 0 && low >= 0
}
