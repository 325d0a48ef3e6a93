package httpcache

import (
	"net/http"
	"strconv"
	"strings"
)

// contentRange is the Content-Range of a single part.
type contentRange struct {
	ByteRange
	total int64
}

// parseContentRange reads Content-Range (RFC 9110 §14.4). ok is false unless
// it names a byte range and the complete length; no other part can be reused.
func parseContentRange(h http.Header) (c contentRange, ok bool) {
	lines := h["Content-Range"]
	if len(lines) != 1 {
		return contentRange{}, false
	}
	unit, rest, _ := strings.Cut(trimOWS(lines[0]), " ")
	positions, total, _ := strings.Cut(rest, "/")
	first, last, _ := strings.Cut(positions, "-")
	if !strings.EqualFold(unit, "bytes") {
		return contentRange{}, false
	}
	var okFirst, okLast, okTotal bool
	c.First, okFirst = parsePosition(first)
	c.Last, okLast = parsePosition(last)
	c.total, okTotal = parsePosition(total)
	if !okFirst || !okLast || !okTotal || c.First > c.Last || c.Last >= c.total {
		return contentRange{}, false
	}
	return c, true
}

// setPart records which part of the content a 206 carries.
func (s *StoredResponse) setPart(h http.Header) {
	c, ok := parseContentRange(h)
	if !ok {
		return
	}
	s.cover(c.ByteRange, c.total)
}

// cover sets which bytes are stored. A part that covers the whole content is
// stored as a complete response (RFC 9111 §3.4).
func (s *StoredResponse) cover(r ByteRange, total int64) {
	if r.First == 0 && r.Last == total-1 {
		s.Status, s.Partial = http.StatusOK, false
		s.First, s.Last, s.Total = 0, 0, -1
		delete(s.Header, "Content-Range")
		return
	}
	s.Partial = true
	s.First, s.Last, s.Total = r.First, r.Last, total
	s.Header["Content-Range"] = []string{r.ContentRange(total)}
}

// MissingRange returns the request fields that ask the origin for the missing
// range of a stored part, so that [StoredResponse.Combine] can complete it. ok
// is false unless exactly one range is missing and the part has a strong
// validator, which combining requires (RFC 9111 §3.4).
func (s *StoredResponse) MissingRange() (h http.Header, ok bool) {
	if !s.Partial || !isStrong(s.OriginETag) {
		return nil, false
	}
	var missing string
	switch {
	case s.First == 0:
		missing = strconv.FormatInt(s.Last+1, 10) + "-"
	case s.Last == s.Total-1:
		missing = "0-" + strconv.FormatInt(s.First-1, 10)
	default:
		return nil, false
	}
	return http.Header{
		"Range":    {"bytes=" + missing},
		"If-Range": {s.OriginETag},
	}, true
}

// Combination describes how to join the bodies of two parts.
type Combination struct {
	// Response is the record of the combined body.
	Response *StoredResponse
	// NewFirst: the bytes of the new part come before the stored ones.
	NewFirst bool
	// Skip bytes of the new part's body, then take Take bytes of it.
	Skip, Take int64
}

// Combine joins a stored part and a 206 from the origin (RFC 9111 §3.4). It
// returns false unless both have the same strong ETag and complete length, and
// the new part extends the stored one at one end. The new header fields
// replace the stored ones.
func (s *StoredResponse) Combine(id string, req *Request, resp *Response, p Policy) (Combination, bool) {
	if !s.Partial || resp.Status != http.StatusPartialContent {
		return Combination{}, false
	}
	if !isStrong(s.OriginETag) || resp.Header.Get("Etag") != s.OriginETag {
		return Combination{}, false
	}
	part, ok := parseContentRange(resp.Header)
	if !ok || part.total != s.Total {
		return Combination{}, false
	}
	c, ok := s.join(part.ByteRange)
	if !ok {
		return Combination{}, false
	}
	t, notStored := s.updated(id, req, resp, p)
	if notStored != Storable {
		t.Detail = notStored.String()
	}
	delete(t.Header, "Content-Length")
	t.Length = s.Length + c.Take
	t.cover(ByteRange{First: min(s.First, part.First), Last: max(s.Last, part.Last)}, s.Total)
	c.Response = t
	return c, true
}

// join finds the bytes of the new part that extend the stored one.
func (s *StoredResponse) join(r ByteRange) (Combination, bool) {
	after := r.Last > s.Last && r.First >= s.First && r.First <= s.Last+1
	before := r.First < s.First && r.Last <= s.Last && r.Last >= s.First-1
	switch {
	case after:
		return Combination{Skip: s.Last + 1 - r.First, Take: r.Last - s.Last}, true
	case before:
		return Combination{NewFirst: true, Take: s.First - r.First}, true
	}
	return Combination{}, false
}
