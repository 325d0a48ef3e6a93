package httpcache

import (
	"net/http"
	"time"
)

// ValidationHeader are the request fields that ask the origin whether s is
// still current (RFC 9111 §4.3.1). It is empty if s has no validator that the
// origin knows and that tells s from every other version; then only a whole
// new response helps.
func (s *StoredResponse) ValidationHeader() http.Header {
	h := http.Header{}
	_, dated := s.strongDate()
	if s.OriginETag != "" {
		h["If-None-Match"] = []string{s.OriginETag}
		// Beside a tag the date decides nothing (RFC 9110 §13.1.3).
		_, dated = timeField(s.Header, "Last-Modified")
	}
	if dated {
		h["If-Modified-Since"] = s.Header["Last-Modified"][:1:1]
	}
	return h
}

// strongDate is Last-Modified where it is a strong validator (RFC 9110
// §8.8.2.2): the response was made at least a second later. Else the content
// may have changed once more in that second, and have the same date.
func (s *StoredResponse) strongDate() (modified time.Time, ok bool) {
	modified, ok = timeField(s.Header, "Last-Modified")
	date, dated := timeField(s.Header, "Date")
	return modified, ok && dated && date.Sub(modified) >= time.Second
}

// Freshen applies a 304, the origin's answer to a request with exactly
// [StoredResponse.ValidationHeader]: it returns a new record for the same body
// with the fields of the 304 (RFC 9111 §3.2, §4.3.4) and new lifetimes.
//
// It returns false if the 304 does not select s: s has no validator, or the
// 304 shows that the content changed since. A 304 with another ETag still
// selects s, because it answers a request that named one tag only (origins
// that alter tags when they compress do this); the ETag of the body is kept.
//
// Where the new fields forbid to keep the response, the record's Window is
// zero and NoCache is set: it answers the requests that waited for this
// validation, and the entry must go.
func (s *StoredResponse) Freshen(id string, req *Request, resp *Response, p Policy) (*StoredResponse, bool) {
	if resp.Status != http.StatusNotModified || !s.selectedBy(resp) {
		return nil, false
	}
	return s.updated(id, req, resp, p), true
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

// updated is s with the fields of resp.
func (s *StoredResponse) updated(id string, req *Request, resp *Response, p Policy) *StoredResponse {
	merged := &Response{
		Status:       s.Status,
		Header:       s.merge(resp),
		RequestTime:  resp.RequestTime,
		ResponseTime: resp.ResponseTime,
	}
	// The validation may have come with any method; what is kept is the
	// answer to a GET.
	asked := &Request{Method: http.MethodGet, Header: req.Header}
	l, reason := Plan(asked, merged, p)
	if reason != Storable {
		l = Lifetimes{NoCache: true, MustRevalidate: true}
	}
	t := NewStoredResponse(id, asked, merged, l, p)
	t.Detail = s.Detail
	if reason != Storable {
		t.Detail = reason.String()
	}
	t.Kind, t.Keys, t.Rules = s.Kind, s.Keys, s.Rules
	t.Length, t.OriginETag = s.Length, s.OriginETag
	t.Partial, t.First, t.Last, t.Total = s.Partial, s.First, s.Last, s.Total
	if etag, ok := s.Header["Etag"]; ok {
		t.Header["Etag"] = etag
	}
	return t
}

// merge is the header that results from an update (RFC 9111 §3.2): what the
// origin sent with the body, with the fields of resp in place of those of the
// same name. Fields that belong to the kept bytes stay.
func (s *StoredResponse) merge(resp *Response) http.Header {
	h := s.OriginHeader()
	if s.OriginETag == "" {
		// The tag was made here and says nothing about the origin.
		delete(h, "Etag")
	}
	news := resp.Header.Clone()
	EndToEnd(news)
	// Without a Date of its own the update is from now, not from the time of
	// the stored one; its age is the update's too.
	delete(h, "Date")
	for name, lines := range news {
		if describesBytes(name) || name == "Etag" {
			continue
		}
		h[name] = lines
	}
	return h
}
