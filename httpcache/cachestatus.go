package httpcache

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// FwdReason is why a request went to the origin (RFC 9211 §2.2).
type FwdReason uint8

const (
	// FwdNone: it did not.
	FwdNone FwdReason = iota
	// FwdBypass: the cache was configured not to handle it.
	FwdBypass
	// FwdMethod: its method requires it.
	FwdMethod
	// FwdURIMiss: nothing is kept for its URI.
	FwdURIMiss
	// FwdMiss: nothing that is kept matches, and it is not known why.
	FwdMiss
	// FwdRequest: the request's own directives do not allow what is kept.
	FwdRequest
	// FwdStale: what is kept is stale.
	FwdStale
	// FwdPartial: what is kept is a part that does not have what was asked.
	FwdPartial
)

// String is the RFC's token; "" for [FwdNone].
func (f FwdReason) String() string {
	switch f {
	case FwdNone:
		return ""
	case FwdBypass:
		return "bypass"
	case FwdMethod:
		return "method"
	case FwdURIMiss:
		return "uri-miss"
	case FwdMiss:
		return "miss"
	case FwdRequest:
		return "request"
	case FwdStale:
		return "stale"
	case FwdPartial:
		return "partial"
	}
	return "fwd-" + strconv.Itoa(int(f))
}

// CacheStatus says how this cache handled a request (RFC 9211).
type CacheStatus struct {
	// Cache is this cache's name.
	Cache string
	// Hit: answered without the origin. Fwd and what depends on it are then
	// left out, for the two exclude each other (§2.1).
	Hit bool
	Fwd FwdReason
	// FwdStatus is the origin's status code; 0 if it gave none.
	FwdStatus int
	// TTL is the remaining freshness of what answered, negative when stale.
	// Written in whole seconds.
	TTL Optional[time.Duration]
	// Stored: the origin's answer was kept. Collapsed: the request waited for
	// another one's.
	Stored, Collapsed bool
	// Nearer is the member of a cache nearer to the origin, about this request
	// alone; left out if empty.
	Nearer string
	// Key is the cache key, Detail anything else; left out if empty.
	Key, Detail string
}

// String is the member of the Cache-Status list.
func (c CacheStatus) String() string {
	var b strings.Builder
	b.Grow(64)
	writeBareItem(&b, c.Cache)
	if c.Hit {
		b.WriteString("; hit")
	} else if c.Fwd != FwdNone {
		b.WriteString("; fwd=" + c.Fwd.String())
		c.writeForwarded(&b)
	}
	if c.TTL.Valid {
		b.WriteString("; ttl=" + strconv.FormatInt(floorSeconds(c.TTL.Value), 10))
	}
	if c.Key != "" {
		b.WriteString("; key=")
		writeString(&b, c.Key)
	}
	if c.Detail != "" {
		b.WriteString("; detail=")
		writeBareItem(&b, c.Detail)
	}
	return b.String()
}

func (c CacheStatus) writeForwarded(b *strings.Builder) {
	if c.FwdStatus != 0 {
		b.WriteString("; fwd-status=" + strconv.Itoa(c.FwdStatus))
	}
	if c.Stored {
		b.WriteString("; stored")
	}
	if c.Collapsed {
		b.WriteString("; collapsed")
	}
}

// AppendTo appends the member after those of the caches nearer to the origin
// (RFC 9211 §2). It does not change a line that h shares with another header.
func (c CacheStatus) AppendTo(h http.Header) {
	const name = "Cache-Status"
	lines := h[name]
	lines = lines[:len(lines):len(lines)]
	if c.Nearer != "" {
		lines = append(lines, c.Nearer)
	}
	h[name] = append(lines, c.String())
}

// floorSeconds rounds down, so that what is stale by half a second has -1.
func floorSeconds(d time.Duration) int64 {
	seconds := int64(d / time.Second)
	if d%time.Second < 0 {
		seconds--
	}
	return seconds
}

// writeBareItem writes a token where the text is one (RFC 9651 §3.3.4), and a
// string otherwise.
func writeBareItem(b *strings.Builder, s string) {
	if isSFToken(s) {
		b.WriteString(s)
		return
	}
	writeString(b, s)
}

func isSFToken(s string) bool {
	if s == "" || !(isLetter(s[0]) || s[0] == '*') {
		return false
	}
	for i := 1; i < len(s); i++ {
		if !isTokenByte(s[i]) && s[i] != ':' && s[i] != '/' {
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// writeString writes a string of structured fields (RFC 9651 §3.3.3), which
// has printable ASCII only; anything else becomes "?".
func writeString(b *strings.Builder, s string) {
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
		case c < 0x20 || c > 0x7e:
			c = '?'
		}
		b.WriteByte(c)
	}
	b.WriteByte('"')
}
