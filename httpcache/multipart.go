package httpcache

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

// Multipart is how a 206 with several ranges is written (RFC 9110 §14.6): for
// each range its preamble and then its bytes, and the closing after the last.
type Multipart struct {
	// ContentType replaces the content's own; Content-Range is left out.
	ContentType string
	// Length of all of it in bytes, for Content-Length.
	Length int64
	// Preambles has one for each range, in their order.
	Preambles []string
	Closing   string
}

// MultipartRanges lays out the answer for the ranges that
// [StoredResponse.Ranges] found satisfiable. The boundary depends on the
// entry's ID, which nobody who writes content can foresee.
func (s *StoredResponse) MultipartRanges(ranges []ByteRange) Multipart {
	sum := sha256.Sum256([]byte("multipart " + s.ID))
	boundary := hex.EncodeToString(sum[:16])
	m := Multipart{
		ContentType: "multipart/byteranges; boundary=" + boundary,
		Preambles:   make([]string, len(ranges)),
		Closing:     "\r\n--" + boundary + "--\r\n",
	}
	m.Length = int64(len(m.Closing))
	for i, r := range ranges {
		m.Preambles[i] = preamble(boundary, i == 0, s.Header, r.ContentRange(s.TotalLength()))
		m.Length += int64(len(m.Preambles[i])) + r.Length()
	}
	return m
}

func preamble(boundary string, first bool, h http.Header, contentRange string) string {
	var b strings.Builder
	if !first {
		b.WriteString("\r\n")
	}
	b.WriteString("--" + boundary + "\r\n")
	if contentType := h.Get("Content-Type"); contentType != "" {
		b.WriteString("Content-Type: " + contentType + "\r\n")
	}
	b.WriteString("Content-Range: " + contentRange + "\r\n\r\n")
	return b.String()
}
