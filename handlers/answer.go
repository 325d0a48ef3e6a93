package handlers

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"strings"
	"time"

	"larder/corecache"
	"larder/httpcache"
	"larder/shield"
)

// answerEntry sends what the cache has.
func (k *ask) answerEntry(e *entry) {
	k.answerRecord(&e.record, e.use.Age, func(r httpcache.ByteRange, whole bool) (io.ReadCloser, error) {
		if whole {
			return e.found.Body()
		}
		first := e.record.BodyOffset(r)
		return e.found.Range(uint64(first), uint64(first+r.Length()-1))
	})
}

// answerFetched sends what the origin has just given.
func (k *ask) answerFetched(f *fetched) {
	if f.record != nil && !f.failed() {
		f.record = f.record.Restored(f.response())
	}
	switch {
	case f.validated:
		// The body is the previous entry's; the age begins anew.
		e := &entry{record: *f.record, found: f.previous.found}
		e.use.Age = f.record.InitialAge
		k.answerEntry(e)
	case f.resp.Remainder == nil:
		k.answerRecord(f.record, f.age(), openerOf(f.body))
	case f.failed():
		k.failed(nil, f)
	case f.kept, f.gathered():
		k.answerKept(f)
	default:
		k.stream(f)
	}
}

// answerKept sends a large body, all of which went into the cache, from there:
// from its entry, or, where that is gone already, from where it was gathered.
func (k *ask) answerKept(f *fetched) {
	if f.back == nil {
		found, err := k.app.cache.Lookup(comingKey(f.id), corecache.LookupOptions{})
		if err != nil {
			k.unavailable(errCache.Error(), 0)
			return
		}
		f.back = found
	}
	e := &entry{record: *f.record, found: f.back}
	e.use.Age = f.record.InitialAge
	k.answerEntry(e)
}

// stream sends a large body that is not kept, as it comes.
func (k *ask) stream(f *fetched) {
	header := f.record.Header
	if k.edge != shield.Direct {
		header = f.record.OriginHeader()
	}
	k.begin(f.record.Status, header, f.record.Length)
	if k.r.Method == http.MethodHead || !k.write(f.body) {
		return
	}
	rest := int64(-1)
	if f.record.Length >= 0 {
		rest = f.record.Length - int64(len(f.body))
	}
	if err := k.copy(f.resp.Remainder, rest); err != nil {
		k.cut(err)
	}
}

// opener opens a part of the body, or the whole.
type opener func(part httpcache.ByteRange, whole bool) (io.ReadCloser, error)

// openerOf opens a whole body in memory.
func openerOf(body []byte) opener {
	return func(r httpcache.ByteRange, whole bool) (io.ReadCloser, error) {
		if whole {
			return io.NopCloser(bytes.NewReader(body)), nil
		}
		return io.NopCloser(bytes.NewReader(body[r.First : r.Last+1])), nil
	}
}

// answerRecord sends the answer that a record makes to this request: the
// whole, a part, or only that nothing has changed.
func (k *ask) answerRecord(s *httpcache.StoredResponse, age time.Duration, open opener) {
	s = k.ownRecord(s, age)
	header := s.Header
	header["Age"] = []string{httpcache.FormatAge(age)}
	if s.ClientTTL > 0 && k.edge == shield.Direct {
		header["Cache-Control"] = []string{s.ClientCacheControl(age)}
	}
	if k.debug {
		header["Surrogate-Key"] = []string{strings.Join(s.Keys, " ")}
	}
	if s.NotModified(k.header) {
		k.begin(http.StatusNotModified, httpcache.AnswerHeader304(header), -1)
		return
	}
	ranges, outcome := k.ranges(s)
	switch {
	case outcome == httpcache.RangeUnsatisfiable:
		k.unsatisfiable(s)
	case outcome == httpcache.RangeSatisfiable && len(ranges) == 1:
		k.part(s, ranges[0], open)
	case outcome == httpcache.RangeSatisfiable:
		k.parts(s, ranges, open)
	default:
		k.whole(s, open)
	}
}

// ownRecord is the record with a header of the answer's own. The record itself
// stays as it is: a validation, or the vault, may want it after the answer.
func (k *ask) ownRecord(s *httpcache.StoredResponse, age time.Duration) *httpcache.StoredResponse {
	if k.edge != shield.Direct {
		return k.forEdge(s, age)
	}
	own := *s
	own.Header = maps.Clone(s.Header)
	return &own
}

// whole sends the complete body.
func (k *ask) whole(s *httpcache.StoredResponse, open opener) {
	if k.r.Method == http.MethodHead || s.Length == 0 {
		k.begin(s.Status, s.Header, bodyLength(s))
		return
	}
	k.sendBody(s.Status, s.Header, s.Length, httpcache.ByteRange{}, true, open)
}

// bodyLength is the length to announce; some answers cannot have one.
func bodyLength(s *httpcache.StoredResponse) int64 {
	if !hasContent(s.Status) {
		return -1
	}
	return s.Length
}

// sendBody opens the body before it sends the header, so that a body that
// cannot be had is still an error.
func (k *ask) sendBody(status int, header http.Header, length int64, part httpcache.ByteRange, whole bool, open opener) {
	body, err := open(part, whole)
	if err != nil {
		k.fail(err)
		return
	}
	defer body.Close()
	k.begin(status, header, length)
	if err := k.copy(body, length); err != nil {
		k.cut(err)
	}
}
