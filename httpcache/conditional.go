package httpcache

import "net/http"

// NotModified reports whether s answers a conditional GET or HEAD with 304
// (RFC 9110 §13.2.2, RFC 9111 §4.3.2). If-None-Match, compared weakly, takes
// precedence over If-Modified-Since. If-Match and If-Unmodified-Since are left
// to the origin. Only a complete 200 leads to a 304.
func (s *StoredResponse) NotModified(reqHeader http.Header) bool {
	tags, since := reqHeader["If-None-Match"], reqHeader["If-Modified-Since"]
	if len(tags) == 0 && len(since) == 0 {
		return false
	}
	if s.Status != http.StatusOK {
		return false
	}
	if len(tags) > 0 {
		return matchesAny(s.Header.Get("Etag"), tags)
	}
	return s.unmodifiedSince(since)
}

// matchesAny reports whether a list of entity tags contains etag; "*" matches
// every response.
func matchesAny(etag string, tags []string) bool {
	for tag := range listElements(tags) {
		if tag == "*" || etag != "" && weaklyEqual(tag, etag) {
			return true
		}
	}
	return false
}

// unmodifiedSince evaluates If-Modified-Since (RFC 9111 §4.3.2). Without
// Last-Modified it is compared with Date. HTTP dates cannot order two events
// within the same second, so a Last-Modified that is not a strong validator,
// or a Date equal to the condition, does not confirm the client's copy.
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

// AnswerHeader304 returns the header of a 304 for a stored response's header
// (RFC 9110 §15.4.5): every field except those that describe the content,
// which the client already has. Last-Modified is left out if there is an ETag.
// h is not modified; the result shares its values.
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

// describesContent lists the fields that a 304 leaves out.
func describesContent(name string) bool {
	switch name {
	case "Content-Type", "Content-Language", "Accept-Ranges":
		return true
	}
	return describesBytes(name)
}

// describesBytes lists the fields that are only right for the exact bytes they
// arrived with.
func describesBytes(name string) bool {
	switch name {
	case "Content-Length", "Content-Encoding", "Content-Range",
		"Content-Md5", "Content-Digest", "Repr-Digest", "Digest":
		return true
	}
	return false
}
