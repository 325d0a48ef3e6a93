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
	// FwdNone: it was not forwarded.
	FwdNone FwdReason = iota
	// FwdBypass: the cache is configured not to handle the request.
	FwdBypass
	// FwdMethod: the method must be forwarded.
	FwdMethod
	// FwdURIMiss: no response is stored for the URI.
	FwdURIMiss
	// FwdMiss: no stored response matches, for an unknown reason.
	FwdMiss
	// FwdRequest: the request's directives do not allow the stored response.
	FwdRequest
	// FwdStale: the stored response is stale.
	FwdStale
	// FwdPartial: the stored response is a part without the requested range.
	FwdPartial
)

// String returns the RFC's token, or "" for [FwdNone].
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
	// Hit: answered without the origin. Fwd, FwdStatus, Stored and Collapsed
	// are then left out, since hit and fwd exclude each other (§2.1).
	Hit bool
	Fwd FwdReason
	// FwdStatus is the origin's status code, or 0 without a response.
	FwdStatus int
	// TTL is the remaining freshness of the response, negative when stale. It
	// is written in whole seconds.
	TTL Optional[time.Duration]
	// Stored: the origin's response was stored. Collapsed: the request waited
	// for the response to another one.
	Stored, Collapsed bool
	// Nearer is the list member of a cache nearer to the origin, for this
	// request only. Left out if empty.
	Nearer string
	// Key is the cache key, Detail any further explanation. Left out if empty.
	Key, Detail string
}

// String returns the member of the Cache-Status list.
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

// AppendTo appends the member to h, after those of caches nearer to the origin
// (RFC 9211 §2). It does not modify a slice that h shares with another header.
func (c CacheStatus) AppendTo(h http.Header) {
	const name = "Cache-Status"
	lines := h[name]
	lines = lines[:len(lines):len(lines)]
	if c.Nearer != "" {
		lines = append(lines, c.Nearer)
	}
	h[name] = append(lines, c.String())
}

// floorSeconds rounds down: a response stale by half a second has ttl=-1.
func floorSeconds(d time.Duration) int64 {
	seconds := int64(d / time.Second)
	if d%time.Second < 0 {
		seconds--
	}
	return seconds
}

// writeBareItem writes s as a token if it is one (RFC 9651 §3.3.4), otherwise
// as a string.
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

// writeString writes a structured field's string (RFC 9651 §3.3.3). It may
// hold printable ASCII only; any other byte becomes "?".
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
