package handlers

import (
	"errors"
	"net/http"

	"larder/httpcache"
)

// ranges says which bytes the request asks for. A part that the origin has
// just sent for this very request is the answer as it is.
func (k *ask) ranges(s *httpcache.StoredResponse) ([]httpcache.ByteRange, httpcache.RangeOutcome) {
	if s.Status == http.StatusPartialContent && k.status.FwdStatus == http.StatusPartialContent {
		return nil, httpcache.RangeNone
	}
	return s.Ranges(k.rangeHeader())
}

// part sends one range of the body (RFC 9110 §15.3.7.1).
func (k *ask) part(s *httpcache.StoredResponse, r httpcache.ByteRange, open opener) {
	header := s.Header
	header["Content-Range"] = []string{r.ContentRange(s.TotalLength())}
	if k.r.Method == http.MethodHead {
		k.begin(http.StatusPartialContent, header, r.Length())
		return
	}
	k.sendBody(http.StatusPartialContent, header, r.Length(), r, false, open)
}

// unsatisfiable refuses a range that the body does not have.
func (k *ask) unsatisfiable(s *httpcache.StoredResponse) {
	k.fail(problemRange.WithHeader("Content-Range", httpcache.UnsatisfiedContentRange(s.TotalLength())))
}

// parts sends several ranges in one multipart body (RFC 9110 §15.3.7.2).
func (k *ask) parts(s *httpcache.StoredResponse, ranges []httpcache.ByteRange, open opener) {
	multipart := s.MultipartRanges(ranges)
	header := s.Header
	header["Content-Type"] = []string{multipart.ContentType}
	k.begin(http.StatusPartialContent, header, multipart.Length)
	if k.r.Method == http.MethodHead {
		return
	}
	for i, r := range ranges {
		if !k.write([]byte(multipart.Preambles[i])) {
			return
		}
		body, err := open(r, false)
		if err == nil {
			err = errors.Join(k.copy(body, r.Length()), body.Close())
		}
		if err != nil {
			k.cut(err)
			return
		}
	}
	k.write([]byte(multipart.Closing))
}
