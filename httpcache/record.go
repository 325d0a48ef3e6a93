package httpcache

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// StoredResponse is an entry's own record, which is kept beside its body. It
// is not changed after it was stored: a validation makes a new one.
type StoredResponse struct {
	// ID is unique per stored response; it also names its lease and its
	// self-purge key.
	ID string
	// Status as it will be answered.
	Status int
	// Header is the header to answer with, without Age. Hop-by-hop fields,
	// fields that must not be stored and targeted fields are removed.
	Header http.Header
	Lifetimes
	// Received is the wall clock on receipt, in microseconds.
	Received time.Time
	// Length of the stored body in bytes; -1 if unknown.
	Length int64
	// Keys are the surrogate keys of the entry.
	Keys []string
	// Rules is the fingerprint of the rules that produced Keys; the caller
	// sets it.
	Rules string
	// OriginETag is the origin's ETag exactly as sent, or "" if it sent none.
	// Header may still have an ETag computed from the body.
	OriginETag string
	// Detail says why a copy is used in place of the origin's answer for a
	// while ("vault", "shield-stale"); empty for an origin's answer.
	Detail string
	// KeysLease says that Keys are no others than the fetch's keys lease
	// covers; see package fence. The caller's to set.
	KeysLease bool
	// ClientTTL is what downstream caches may keep the answer for, where the
	// operator says so and it is not zero.
	ClientTTL time.Duration
	// Partial means that the body is a part (a stored 206): the bytes First to
	// Last, inclusive, of Total (-1 if unknown).
	Partial            bool
	First, Last, Total int64
	// policy holds the encoded origin fields that affect caching but are not
	// sent to clients. A later 304 may omit them, so Freshen needs them.
	policy string
	// rewritten means that Header's Cache-Control is the operator's.
	rewritten bool
}

// NewStoredResponse makes the record of a response for which [Plan] returned
// l. The caller adds body, keys, rules and kind. resp is not modified.
//
// If the operator sets the TTL, the record's Cache-Control is what
// [StoredResponse.ClientCacheControl] returns for an age of zero, and Expires
// and Pragma are dropped. Otherwise the origin's Cache-Control stays unchanged.
func NewStoredResponse(id string, req *Request, resp *Response, l Lifetimes, p Policy) *StoredResponse {
	s := &StoredResponse{
		ID:         id,
		Status:     resp.Status,
		Header:     resp.Header.Clone(),
		Lifetimes:  l,
		Received:   resp.ResponseTime,
		Length:     -1,
		OriginETag: resp.Header.Get("Etag"),
		Total:      -1,
	}
	if s.Header == nil {
		s.Header = http.Header{}
	}
	s.cleanHeader(resp.ResponseTime)
	s.setClientLifetime(p)
	if resp.Status == http.StatusPartialContent {
		s.setPart(resp.Header)
	}
	return s
}

// cleanHeader removes the fields that must not be stored (RFC 9111 §3.1) or
// were meant for this cache only (RFC 9213). Those that affect caching move to
// s.policy.
func (s *StoredResponse) cleanHeader(received time.Time) {
	d, _ := directivesInForce(s.Header)
	EndToEnd(s.Header)
	for _, name := range d.omitted {
		delete(s.Header, name)
	}
	// Age is computed for every answer.
	delete(s.Header, "Age")
	// RFC 9110 §6.6.1: a response without Date gets the time of its receipt.
	if len(s.Header["Date"]) == 0 {
		s.Header.Set("Date", received.UTC().Format(http.TimeFormat))
	}
	hidden := http.Header{}
	for _, name := range targetedFields() {
		// RFC 9213 §3.1: CDN caches downstream need CDN-Cache-Control too.
		if name != fieldCDN {
			move(hidden, s.Header, name)
		}
	}
	s.hide(hidden)
}

// Restored returns the answer to the request that fetched resp: s with the
// fields that a qualified no-cache or private excludes from storing but not
// from this answer (RFC 9111 §5.2.2.4, §5.2.2.7). s is not modified; without
// such fields it is returned as is.
func (s *StoredResponse) Restored(resp *Response) *StoredResponse {
	d, _ := directivesInForce(resp.Header)
	if len(d.omitted) == 0 {
		return s
	}
	once := http.Header{"Connection": resp.Header["Connection"]}
	for _, name := range d.omitted {
		move(once, resp.Header.Clone(), name)
	}
	EndToEnd(once)
	whole := *s
	whole.Header = maps.Clone(s.Header)
	maps.Copy(whole.Header, once)
	return &whole
}

// setClientLifetime replaces the origin's Cache-Control for downstream caches
// with the operator's.
func (s *StoredResponse) setClientLifetime(p Policy) {
	if !p.TTL.Valid {
		return
	}
	hidden := s.hidden()
	for _, name := range [...]string{"Cache-Control", fieldCDN, "Expires", "Pragma"} {
		move(hidden, s.Header, name)
	}
	s.hide(hidden)
	s.ClientTTL = clampDelta(p.ClientTTL).Truncate(time.Second)
	if notFound := s.Status == http.StatusNotFound || s.Status == http.StatusGone; notFound {
		s.ClientTTL = min(s.ClientTTL, clampDelta(p.NotFoundTTL).Truncate(time.Second))
	}
	scope := "public"
	if p.TenantHeader {
		scope = "private"
	}
	staleIfError := clampDelta(p.ClientStaleIfError)
	if s.MustRevalidate {
		staleIfError = 0
	}
	s.Header["Cache-Control"] = []string{clientCacheControl(scope, s.ClientTTL, staleIfError)}
	s.rewritten = true
}

const staleIfErrorArgument = ", stale-if-error="

func clientCacheControl(scope string, maxAge, staleIfError time.Duration) string {
	value := scope + ", max-age=" + formatSeconds(maxAge)
	if staleIfError < time.Second {
		return value + ", must-revalidate"
	}
	return value + staleIfErrorArgument + formatSeconds(staleIfError)
}

func formatSeconds(d time.Duration) string {
	return strconv.FormatInt(int64(d/time.Second), 10)
}

// OriginHeader returns the header as the origin sent it, for another cache of
// the same operator: with the fields meant for caches, without the operator's
// Cache-Control for clients. An ETag computed from the body stays if the origin
// sent none. The caller owns the map; the values are shared.
func (s *StoredResponse) OriginHeader() http.Header {
	h := make(http.Header, len(s.Header)+2)
	for name, lines := range s.Header {
		h[name] = lines
	}
	if s.rewritten {
		delete(h, "Cache-Control")
	}
	for name, lines := range s.hidden() {
		h[name] = lines
	}
	return h
}

// ClientCacheControl returns the Cache-Control to answer with at this age if
// the operator sets the TTL: max-age with stale-if-error (RFC 5861 §4), or with
// must-revalidate if the response must not be used stale. Without a TTL it
// returns false, and the origin's Cache-Control is the one to answer with.
//
// Both windows begin when the client is answered. Downstream caches count the
// Age that they are told, so the age is added to the first window that is not
// zero: to ClientTTL, else to stale-if-error, which begins where max-age ends.
func (s *StoredResponse) ClientCacheControl(age time.Duration) (string, bool) {
	if !s.rewritten {
		return "", false
	}
	value := s.Header.Get("Cache-Control")
	scope, _, _ := strings.Cut(value, ", ")
	maxAge, staleIfError := s.ClientTTL, time.Duration(0)
	if _, seconds, ok := strings.Cut(value, staleIfErrorArgument); ok {
		n, _ := strconv.ParseUint(seconds, 10, 32) // zero if damaged, which forbids stale use
		staleIfError = time.Duration(n) * time.Second
	}
	age = max(0, age)
	switch {
	case maxAge > 0:
		maxAge += age
	case staleIfError > 0:
		staleIfError += age
	}
	return clientCacheControl(scope, maxAge, staleIfError), true
}

// SetBody sets the length of the stored body in bytes. If etag is not empty, a
// 200 without an ETag from its origin gets it, so that clients can revalidate.
// An existing Content-Length is corrected, since the host may have decoded the
// body.
func (s *StoredResponse) SetBody(length int64, etag string) {
	s.Length = length
	if len(s.Header["Content-Length"]) > 0 && length >= 0 {
		s.Header["Content-Length"] = []string{strconv.FormatInt(length, 10)}
	}
	if etag != "" && s.Status == http.StatusOK && len(s.Header["Etag"]) == 0 {
		s.Header["Etag"] = []string{etag}
	}
}

// BodyFits reports whether a body of this many bytes matches Content-Length and
// Content-Range. If not, it is truncated and must not be stored. Call it before
// [StoredResponse.SetBody].
func (s *StoredResponse) BodyFits(length int64) bool {
	if s.Partial && length != s.Last-s.First+1 {
		return false
	}
	declared := s.Header["Content-Length"]
	if len(declared) == 0 {
		return true
	}
	n, err := strconv.ParseInt(declared[0], 10, 64)
	return err == nil && n == length
}

// move moves a field, if present, from one header to the other.
func move(to, from http.Header, name string) {
	if lines, ok := from[name]; ok {
		to[name] = lines
		delete(from, name)
	}
}

func (s *StoredResponse) hide(h http.Header) {
	if len(h) > 0 {
		s.policy = string(appendHeader(nil, h))
	}
}

// hidden returns the origin's fields that affect caching but are not sent to
// clients.
func (s *StoredResponse) hidden() http.Header {
	r := reader{rest: s.policy}
	h := r.header()
	if r.err != nil { // s.policy is empty or damaged
		return http.Header{}
	}
	return h
}
