package httpcache

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Kind says what an entry stands for.
type Kind uint8

const (
	// KindResponse is a response, kept to be used again.
	KindResponse Kind = iota
	// KindFailure is a fetch that failed, remembered shortly so that the
	// requests that waited for it do not all try again.
	KindFailure
	// KindPass is a response that may not be shared, remembered shortly so
	// that the requests for it do not wait for each other.
	KindPass
)

// String is the kind in words, for logs.
func (k Kind) String() string {
	switch k {
	case KindResponse:
		return "response"
	case KindFailure:
		return "failure"
	case KindPass:
		return "pass"
	}
	return "kind-" + strconv.Itoa(int(k))
}

// StoredResponse is an entry's own record, which is kept beside its body. It
// is not changed after it was stored: a validation makes a new one.
type StoredResponse struct {
	// ID is unique per stored response; it also names its lease and its
	// self-purge key.
	ID   string
	Kind Kind
	// Status as it will be answered.
	Status int
	// Header as it will be answered, but for Age: hop-by-hop fields, fields
	// that must not be stored and targeted fields are not in it.
	Header http.Header
	Lifetimes
	// Received is the wall clock when the response was received, kept to the
	// microsecond.
	Received time.Time
	// Length of the kept body in bytes; -1 if unknown.
	Length int64
	// Keys are the surrogate keys that the entry was stored under.
	Keys []string
	// Rules is a short text that names the key rules under which Keys were
	// found; the caller's to set.
	Rules string
	// OriginETag is the origin's own ETag, exactly as sent; "" if it sent
	// none, though Header may have one that was made here.
	OriginETag string
	// Detail says why, for [KindFailure] and [KindPass].
	Detail string
	// ClientTTL is what downstream caches may keep the answer for, where the
	// operator says so and it is not zero.
	ClientTTL time.Duration
	// Partial says that the kept body is but a part (a stored 206): the bytes
	// First to Last, both included, of Total (-1 if unknown).
	Partial            bool
	First, Last, Total int64
	// policy holds, encoded, the origin's fields that decide but are not
	// answered, because a later 304 may leave them out. Only Freshen and its
	// kin decode it.
	policy string
	// rewritten says that Header's Cache-Control is the operator's.
	rewritten bool
}

// NewStoredResponse makes the record of a response for which [Plan] gave l.
// Its body, keys, rules and kind are the caller's to add. resp is not changed.
//
// Where the operator sets the TTL, downstream caches are told ClientTTL, with
// must-revalidate, and Expires and Pragma are dropped; otherwise the origin's
// Cache-Control passes unchanged.
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

// cleanHeader removes what must not be stored (RFC 9111 §3.1) or was meant for
// this cache alone (RFC 9213), and keeps what of it decides in s.policy.
func (s *StoredResponse) cleanHeader(received time.Time) {
	d, _ := directivesInForce(s.Header)
	EndToEnd(s.Header)
	for _, name := range d.omitted {
		delete(s.Header, name)
	}
	// Age is made anew for every answer.
	delete(s.Header, "Age")
	// RFC 9110 §6.6.1: a response without Date gets the time of its receipt.
	if len(s.Header["Date"]) == 0 {
		s.Header.Set("Date", received.UTC().Format(http.TimeFormat))
	}
	hidden := http.Header{}
	for _, name := range targetedFields() {
		// RFC 9213 §3.1: other CDN caches on the way want to see theirs too.
		if name != fieldCDN {
			move(hidden, s.Header, name)
		}
	}
	s.hide(hidden)
}

// Restored returns the answer for the request that resp has just come for: s
// with the fields that must not be kept, but belong to that answer, which are
// those that a qualified no-cache or private names (RFC 9111 §5.2.2.4,
// §5.2.2.7). s itself is not changed, and returned where there are none.
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

// setClientLifetime replaces what the origin tells downstream caches by what
// the operator does.
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
	s.Header["Cache-Control"] = []string{scope + ", " + clientMaxAge(s.ClientTTL)}
	s.rewritten = true
}

func clientMaxAge(maxAge time.Duration) string {
	return "max-age=" + strconv.FormatInt(int64(maxAge/time.Second), 10) + ", must-revalidate"
}

// OriginHeader is the header as the origin meant it, with the fields for caches
// in it and without what the operator tells clients: what another cache of the
// same operator is to get. Where the origin sent no ETag, one that was made
// here stays. It is the caller's own; the lines are shared.
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

// ClientCacheControl is the Cache-Control to answer with at this age. A
// downstream cache counts the age that it is told against max-age, so the
// operator's ClientTTL is added to it; everything else is Header's own value.
func (s *StoredResponse) ClientCacheControl(age time.Duration) string {
	value := s.Header.Get("Cache-Control")
	if s.ClientTTL <= 0 {
		return value
	}
	scope := "public, "
	if strings.HasPrefix(value, "private") {
		scope = "private, "
	}
	return scope + clientMaxAge(s.ClientTTL+max(0, age))
}

// SetBody sets the length of the kept body in bytes, and the ETag of a 200
// that has none from its origin: a client then gets its 304. An etag of ""
// sets none. A Content-Length that does not fit, because the host decoded the
// body, is corrected.
func (s *StoredResponse) SetBody(length int64, etag string) {
	s.Length = length
	if len(s.Header["Content-Length"]) > 0 && length >= 0 {
		s.Header["Content-Length"] = []string{strconv.FormatInt(length, 10)}
	}
	if etag != "" && s.Status == http.StatusOK && len(s.Header["Etag"]) == 0 {
		s.Header["Etag"] = []string{etag}
	}
}

// BodyFits says whether a body of this many bytes is what the response
// promised in Content-Length and Content-Range. One that is not was cut short
// and must not be stored. Ask before [StoredResponse.SetBody].
func (s *StoredResponse) BodyFits(length int64) bool {
	if s.Partial && length != s.Last-s.First+1 {
		return false
	}
	promised := s.Header["Content-Length"]
	if len(promised) == 0 {
		return true
	}
	n, err := strconv.ParseInt(promised[0], 10, 64)
	return err == nil && n == length
}

// move takes a field from one header to the other, where it is present.
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

// hidden are the origin's fields that decide but are not answered.
func (s *StoredResponse) hidden() http.Header {
	r := reader{rest: s.policy}
	h := r.header()
	if r.err != nil { // there are none: s.policy is empty, or not ours
		return http.Header{}
	}
	return h
}
