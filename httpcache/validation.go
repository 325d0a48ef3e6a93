package httpcache

import (
	"net/http"
	"time"
)

// ValidationHeader returns the request fields for validating s with the origin
// (RFC 9111 §4.3.1). It is empty if s has no validator from the origin that
// tells it apart from every other version; then only a full fetch helps.
func (s *StoredResponse) ValidationHeader() http.Header {
	h := http.Header{}
	_, dated := s.strongDate()
	if s.OriginETag != "" {
		h["If-None-Match"] = []string{s.OriginETag}
		// The origin ignores the date if it gets a tag (RFC 9110 §13.1.3), so
		// a weak date does no harm.
		_, dated = timeField(s.Header, "Last-Modified")
	}
	if dated {
		h["If-Modified-Since"] = s.Header["Last-Modified"][:1:1]
	}
	return h
}

// strongDate returns Last-Modified if it is a strong validator (RFC 9110
// §8.8.2.2): at least a second older than Date. Otherwise the content may have
// changed again within the same second.
func (s *StoredResponse) strongDate() (modified time.Time, ok bool) {
	modified, ok = timeField(s.Header, "Last-Modified")
	date, dated := timeField(s.Header, "Date")
	return modified, ok && dated && date.Sub(modified) >= time.Second
}

// Freshen applies a 304 that answers a request with exactly the fields of
// [StoredResponse.ValidationHeader]. It returns a new record for the same body,
// with the header fields of the 304 (RFC 9111 §3.2, §4.3.4) and new lifetimes.
//
// It returns false if the 304 does not select s: s has no validator, or the 304
// has a later Last-Modified. A 304 with a different ETag still selects s, since
// the request named one tag only; origins that change tags when compressing
// send these. The record keeps the body's ETag.
//
// If the new record may not be stored, notStored says why, the record's Window
// is zero and NoCache is set. It may answer the request; the entry must be
// removed, unless [NotStored.SparesEntry].
func (s *StoredResponse) Freshen(id string, req *Request, resp *Response, p Policy) (fresh *StoredResponse, notStored NotStored, ok bool) {
	if resp.Status != http.StatusNotModified || !s.selectedBy(resp) {
		return nil, Storable, false
	}
	fresh, notStored = s.updated(id, req, resp, p)
	return fresh, notStored, true
}

func (s *StoredResponse) selectedBy(resp *Response) bool {
	if s.OriginETag != "" {
		return true
	}
	stored, ok := s.strongDate()
	if !ok {
		return false
	}
	current, ok := timeField(resp.Header, "Last-Modified")
	return !ok || !current.After(stored)
}

// updated returns s with the header fields of resp and new lifetimes, and why it
// may not be stored.
func (s *StoredResponse) updated(id string, req *Request, resp *Response, p Policy) (*StoredResponse, NotStored) {
	merged := &Response{
		Status:       s.Status,
		Header:       s.merge(resp),
		RequestTime:  resp.RequestTime,
		ResponseTime: resp.ResponseTime,
	}
	// The entry is the response to a GET, even if a HEAD was validated.
	get := &Request{Method: http.MethodGet, Header: req.Header}
	l, reason := Plan(get, merged, p)
	if reason != Storable {
		l = Lifetimes{NoCache: true, MustRevalidate: true}
		// The operator's lifetimes are for what is stored: clients hear what the
		// origin says.
		p.TTL.Valid = false
	}
	t := NewStoredResponse(id, get, merged, l, p)
	t.Detail = s.Detail
	t.Keys, t.Rules = s.Keys, s.Rules
	t.Length, t.OriginETag = s.Length, s.OriginETag
	t.Partial, t.First, t.Last, t.Total = s.Partial, s.First, s.Last, s.Total
	if etag, ok := s.Header["Etag"]; ok {
		t.Header["Etag"] = etag
	}
	return t, reason
}

// merge returns the updated header (RFC 9111 §3.2): the stored fields, replaced
// by the fields of resp with the same name, except those that describe the
// stored bytes.
func (s *StoredResponse) merge(resp *Response) http.Header {
	h := s.OriginHeader()
	if s.OriginETag == "" {
		// The ETag was computed from the body; the origin does not know it.
		delete(h, "Etag")
	}
	update := resp.Header.Clone()
	EndToEnd(update)
	// A 304 without Date is dated on receipt, not by the stored response.
	delete(h, "Date")
	for name, lines := range update {
		if describesBytes(name) || name == "Etag" {
			continue
		}
		h[name] = lines
	}
	return h
}
