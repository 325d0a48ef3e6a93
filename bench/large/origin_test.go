package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestTheOriginServesTheDocumentInWholeAndInPart(t *testing.T) {
	const size = 5000
	o := newOrigin(options{size: size, pace: 100_000_000})
	for name, c := range map[string]struct {
		method, ranges       string
		status, length, sent int
	}{
		"GET":     {http.MethodGet, "", http.StatusOK, size, size},
		"HEAD":    {http.MethodHead, "", http.StatusOK, size, 0},
		"a range": {http.MethodGet, "bytes=-1000", http.StatusPartialContent, partSize, partSize},
	} {
		t.Run(name, func(t *testing.T) {
			request := httptest.NewRequestWithContext(t.Context(), c.method, "/large/1/", nil)
			if c.ranges != "" {
				request.Header.Set("Range", c.ranges)
			}
			recorder := httptest.NewRecorder()
			o.ServeHTTP(recorder, request)
			response := recorder.Result()
			if response.StatusCode != c.status || response.ContentLength != int64(c.length) || recorder.Body.Len() != c.sent {
				t.Errorf("%s, Content-Length %d, %d bytes; want %d, %d, %d bytes",
					response.Status, response.ContentLength, recorder.Body.Len(), c.status, c.length, c.sent)
			}
			if c.sent == size && !json.Valid(recorder.Body.Bytes()) {
				t.Error("the document is no JSON")
			}
		})
	}
}
