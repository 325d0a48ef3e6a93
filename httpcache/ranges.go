package httpcache

import (
	"net/http"
	"strconv"
	"strings"
)

// maxRanges is the most ranges that one request may have. More ranges, or
// overlapping ones, cost more than the whole content and suggest an attack
// (RFC 9110 §14.2, §17.15).
const maxRanges = 16

// ByteRange is the bytes First to Last of the whole content, inclusive and
// counted from zero.
type ByteRange struct{ First, Last int64 }

// Length returns the number of bytes, at least one.
func (r ByteRange) Length() int64 { return r.Last - r.First + 1 }

// ContentRange returns the Content-Range of a 206 (RFC 9110 §14.4) for content
// of total bytes.
func (r ByteRange) ContentRange(total int64) string {
	return "bytes " + strconv.FormatInt(r.First, 10) + "-" + strconv.FormatInt(r.Last, 10) +
		"/" + strconv.FormatInt(total, 10)
}

func (r ByteRange) overlaps(o ByteRange) bool { return r.First <= o.Last && o.First <= r.Last }

// UnsatisfiedContentRange returns the Content-Range of a 416 for content of
// total bytes.
func UnsatisfiedContentRange(total int64) string {
	return "bytes */" + strconv.FormatInt(total, 10)
}

// RangeOutcome is how a request's Range is answered.
type RangeOutcome uint8

const (
	// RangeNone: answer with the whole content.
	RangeNone RangeOutcome = iota
	// RangeSatisfiable: answer 206 with the ranges.
	RangeSatisfiable
	// RangeUnsatisfiable: answer 416 with [UnsatisfiedContentRange].
	RangeUnsatisfiable
	// RangeNotHeld: the entry is a part (206) without the requested bytes;
	// forward the request with [FwdPartial].
	RangeNotHeld
)

// Ranges returns the byte ranges that a GET asks for (RFC 9110 §14.2), in the
// request's order. It ignores a Range that is malformed, has another unit, more
// than 16 ranges or overlapping ones, or whose If-Range does not match. Call it
// for GET only, after [StoredResponse.NotModified].
func (s *StoredResponse) Ranges(reqHeader http.Header) ([]ByteRange, RangeOutcome) {
	whole := RangeNone
	if s.Partial {
		whole = RangeNotHeld
	}
	lines := reqHeader["Range"]
	if len(lines) != 1 || s.Status != http.StatusOK && !s.Partial {
		return nil, whole
	}
	total := s.TotalLength()
	if total <= 0 || !s.ifRangeHolds(reqHeader["If-Range"]) {
		return nil, whole
	}
	ranges, ok := parseRanges(lines[0], total)
	if !ok {
		return nil, whole
	}
	if len(ranges) == 0 {
		return nil, RangeUnsatisfiable
	}
	for _, r := range ranges {
		if s.Partial && (r.First < s.First || r.Last > s.Last) {
			return nil, RangeNotHeld
		}
	}
	return ranges, RangeSatisfiable
}

// TotalLength returns the length of the whole content in bytes, also for a
// part; -1 if unknown.
func (s *StoredResponse) TotalLength() int64 {
	if s.Partial {
		return s.Total
	}
	return s.Length
}

// BodyOffset returns where a range begins in the stored body, in bytes.
func (s *StoredResponse) BodyOffset(r ByteRange) int64 { return r.First - s.First }

// ifRangeHolds evaluates If-Range (RFC 9110 §13.1.5): an entity tag must be
// strong and equal, a date must equal a strong Last-Modified.
func (s *StoredResponse) ifRangeHolds(lines []string) bool {
	if len(lines) == 0 {
		return true
	}
	if len(lines) > 1 {
		return false
	}
	condition := trimOWS(lines[0])
	if strings.ContainsRune(condition, '"') {
		return isStrong(condition) && condition == s.Header.Get("Etag")
	}
	since, ok := parseTime(condition)
	if !ok {
		return false
	}
	modified, strong := s.strongDate()
	return strong && modified.Equal(since)
}

// parseRanges returns the satisfiable ranges. ok is false if the field must be
// ignored.
func parseRanges(field string, total int64) (ranges []ByteRange, ok bool) {
	unit, set, found := strings.Cut(field, "=")
	if !found || !strings.EqualFold(trimOWS(unit), "bytes") {
		return nil, false
	}
	count := 0
	for spec := range listElements([]string{set}) {
		if count++; count > maxRanges {
			return nil, false
		}
		r, satisfiable, ok := parseRange(spec, total)
		if !ok {
			return nil, false
		}
		if !satisfiable {
			continue
		}
		for _, other := range ranges {
			if r.overlaps(other) {
				return nil, false
			}
		}
		ranges = append(ranges, r)
	}
	return ranges, count > 0
}

// parseRange reads "first-last", "first-" or "-suffix" (RFC 9110 §14.1.1).
func parseRange(spec string, total int64) (r ByteRange, satisfiable, ok bool) {
	first, last, found := strings.Cut(spec, "-")
	if !found {
		return ByteRange{}, false, false
	}
	if first == "" {
		suffix, ok := parsePosition(last)
		return ByteRange{First: max(0, total-suffix), Last: total - 1}, suffix > 0, ok
	}
	if r.First, ok = parsePosition(first); !ok {
		return ByteRange{}, false, false
	}
	r.Last = total - 1
	if last != "" {
		end, ok := parsePosition(last)
		if !ok || end < r.First {
			return ByteRange{}, false, false
		}
		r.Last = min(end, r.Last)
	}
	return r, r.First < total, true
}

// maxPosition is the largest position; larger ones count as maxPosition. Sums
// of a few positions cannot overflow.
const maxPosition = 1e17

// parsePosition reads a position, which is digits only.
func parsePosition(s string) (n int64, ok bool) {
	if s == "" {
		return 0, false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int64(s[i]-'0')
		n = min(n, maxPosition)
	}
	return n, true
}
