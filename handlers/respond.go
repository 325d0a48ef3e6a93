package handlers

import (
	"errors"
	"maps"
	"net/http"
	"strings"

	"larder/content"
	"larder/httpcache"
	"larder/shield"
)

// respond sends what a result makes of the request: the whole response, a part
// of it, or only that nothing has changed. Its error means that the body broke
// off.
func (w *responder) respond(res *content.Result, header http.Header) error {
	s := w.ownRecord(res)
	if _, streamed := res.Body.(content.Stream); streamed {
		return w.sendBody(s.Status, s.Header, s.Length, nil, res.Body)
	}
	s.Header["Age"] = []string{httpcache.FormatAge(res.Age)}
	if value, ok := s.ClientCacheControl(res.Age); ok && w.edge == shield.Direct {
		if len(s.Header["Set-Cookie"]) > 0 { // a field that only its client gets
			value = strings.Replace(value, "public", "private", 1)
		}
		s.Header["Cache-Control"] = []string{value}
	}
	if w.debug {
		s.Header["Surrogate-Key"] = []string{strings.Join(s.Keys, " ")}
	}
	if s.NotModified(header) {
		w.begin(http.StatusNotModified, httpcache.AnswerHeader304(s.Header), -1)
		return nil
	}
	ranges, outcome := w.ranges(s, res, header)
	switch {
	case outcome == httpcache.RangeUnsatisfiable:
		w.fail(problemRange.WithHeader("Content-Range", httpcache.UnsatisfiedContentRange(s.TotalLength())))
		return nil
	case outcome == httpcache.RangeSatisfiable && len(ranges) == 1:
		// RFC 9110 §15.3.7.1.
		s.Header["Content-Range"] = []string{ranges[0].ContentRange(s.TotalLength())}
		return w.sendBody(http.StatusPartialContent, s.Header, ranges[0].Length(), &ranges[0], res.Body)
	case outcome == httpcache.RangeSatisfiable:
		return w.sendParts(s, ranges, res.Body)
	}
	return w.sendBody(s.Status, s.Header, s.Length, nil, res.Body)
}

// ranges says which bytes the request asks for. A part that the origin has just
// sent for this very request is the answer as it is.
func (w *responder) ranges(s *httpcache.StoredResponse, res *content.Result, header http.Header) ([]httpcache.ByteRange, httpcache.RangeOutcome) {
	if s.Status == http.StatusPartialContent && res.Status.FwdStatus == http.StatusPartialContent {
		return nil, httpcache.RangeNone
	}
	return s.Ranges(content.RangeHeader(w.r.Method, header))
}

// ownRecord is the record with a header of the answer's own: the record itself
// may be wanted after the answer. An edge gets what the origin says, not what
// clients are told.
func (w *responder) ownRecord(res *content.Result) *httpcache.StoredResponse {
	own := *res.Record
	if w.edge == shield.Direct {
		own.Header = maps.Clone(own.Header)
		return &own
	}
	own.Header = res.Record.OriginHeader()
	if own.Freshness > 0 || own.Window() > 0 {
		w.answer.TTL, w.answer.HasTTL = own.Freshness-res.Age, true
	} else if own.OriginETag == "" {
		// A tag that was made here would let the edge store what the origin
		// gave no lifetime.
		delete(own.Header, "Etag")
	}
	return &own
}

// sendBody opens the body before it sends the header, so that a body that
// cannot be had is still an error.
func (w *responder) sendBody(status int, header http.Header, length int64, part *httpcache.ByteRange, body content.Body) error {
	if w.r.Method == http.MethodHead || length == 0 || !hasContent(status) {
		if !hasContent(status) {
			length = -1 // which such an answer cannot have
		}
		w.begin(status, header, length)
		return nil
	}
	open, err := body.Open(part)
	if err != nil {
		w.fail(err)
		return nil
	}
	w.release(func() { _ = open.Close() }) // a body that cannot be closed cannot be helped
	w.begin(status, header, length)
	return w.copy(open, length)
}

// sendParts sends several ranges in one multipart body (RFC 9110 §15.3.7.2).
func (w *responder) sendParts(s *httpcache.StoredResponse, ranges []httpcache.ByteRange, body content.Body) error {
	multipart := s.MultipartRanges(ranges)
	s.Header["Content-Type"] = []string{multipart.ContentType}
	w.begin(http.StatusPartialContent, s.Header, multipart.Length)
	if w.r.Method == http.MethodHead {
		return nil
	}
	for i := range ranges {
		if !w.write([]byte(multipart.Preambles[i])) {
			return nil
		}
		part, err := body.Open(&ranges[i])
		if err == nil {
			err = errors.Join(w.copy(part, ranges[i].Length()), part.Close())
		}
		if err != nil {
			return err
		}
	}
	w.write([]byte(multipart.Closing))
	return nil
}
