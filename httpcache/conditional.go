package httpcache

import (
	"net/http"
)

// NotModified says whether a conditional GET or HEAD is answered with 304 from
// s (RFC 9110 §13.2.2, RFC 9111 §4.3.2): If-None-Match, compared weakly, counts
// before If-Modified-Since. If-Match and If-Unmodified-Since are the origin's
// business and ignored here. Only a complete 200 answers 304.
func (s *StoredResponse) NotModified(reqHeader http.Header) bool {
	tags, since := reqHeader["If-None-Match"], reqHeader["If-Modified-Since"]
	if len(tags) == 0 && len(since) == 0 {
		return false
	}
	if s.Status != http.StatusOK || s.Kind != KindResponse {
		return false
	}
	if len(tags) > 0 {
		return matchesAny(s.Header.Get("Etag"), tags)
	}
	return s.unmodifiedSince(since)
}

// matchesAny says whether the list of entity tags has one that equals etag;
// "*" equals every response that there is.
func matchesAny(etag string, tags []string) bool {
	for tag := range listElements(tags) {
		if tag == "*" || etag != "" && weaklyEqual(tag, etag) {
			return true
		}
	}
	return false
}

// unmodifiedSince: RFC 9111 §4.3.2. Without Last-Modified the response's Date
// is the time that its content is known from. Within one second a date cannot
// tell what came first, so neither the second of Date nor that of a
// Last-Modified that is not strong confirms anything.
func (s *StoredResponse) unmodifiedSince(lines []string) bool {
	since, ok := parseTime(lines[0])
	if !ok || len(lines) > 1 {
		return false
	}
	if _, ok := timeField(s.Header, "Last-Modified"); ok {
		modified, strong := s.strongDate()
		return strong && !modified.After(since)
	}
	date, ok := timeField(s.Header, "Date")
	return ok && date.Before(since)
}

// AnswerHeader304 is the header of a 304 made from a stored response's header
// (RFC 9110 §15.4.5): everything but what describes the content, which the
// client has. Last-Modified is left out where there is an ETag. h is not
// changed; the lines are shared with it.
func AnswerHeader304(h http.Header) http.Header {
	answer := make(http.Header, len(h))
	hasETag := len(h["Etag"]) > 0
	for name, lines := range h {
		if describesContent(name) || name == "Last-Modified" && hasETag {
			continue
		}
		answer[name] = lines
	}
	return answer
}

// describesContent lists the fields that belong to the bytes of the content.
func describesContent(name string) bool {
	switch name {
	case "Content-Type", "Content-Language", "Accept-Ranges":
		return true
	}
	return describesBytes(name)
}

// describesBytes lists the fields that would be wrong with any other bytes
// than those they came with.
func describesBytes(name string) bool {
	switch name {
	case "Content-Length", "Content-Encoding", "Content-Range",
		"Content-Md5", "Content-Digest", "Repr-Digest", "Digest":
		return true
	}
	return false
}
