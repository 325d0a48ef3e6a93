package httpcache

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

// Multipart describes the content of a 206 with several ranges (RFC 9110
// §14.6): for each range its preamble and its bytes, then the closing.
type Multipart struct {
	// ContentType replaces the response's own; Content-Range is left out.
	ContentType string
	// Length of the whole content in bytes, for Content-Length.
	Length int64
	// Preambles has one element per range, in the same order.
	Preambles []string
	Closing   string
}

// MultipartRanges lays out the content for the ranges that
// [StoredResponse.Ranges] found satisfiable. The boundary is derived from the
// entry's ID, which an author of content cannot predict.
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
