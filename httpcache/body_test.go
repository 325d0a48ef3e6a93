package httpcache

import "testing"

func TestSetBody(t *testing.T) {
	tests := []struct {
		name   string
		resp   *Response
		etag   string
		origin string
		length string
	}{
		{"a 200 without a tag gets one", received(200, "Cache-Control: max-age=1"), `"from-body"`, "", ""},
		{"the origin's tag stays", received(200, "Cache-Control: max-age=1", `ETag: W/"o"`), `W/"o"`, `W/"o"`, ""},
		{"a 404 without a tag gets none", received(404, "Cache-Control: max-age=1"), "", "", ""},
		{"a Content-Length that does not match is corrected", received(200, "Cache-Control: max-age=1", "Content-Length: 5"), `"from-body"`, "", "10"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := store(t, test.resp, origin())
			wantField(t, s.Header, "ETag", test.etag)
			equal(t, "the origin's ETag", s.OriginETag, test.origin)
			wantField(t, s.Header, "Content-Length", test.length)
			equal(t, "length", s.Length, 10)
		})
	}
}

func TestBodyFits(t *testing.T) {
	tests := []struct {
		name  string
		resp  *Response
		bytes int64
		want  bool
	}{
		{"no Content-Length", received(200), 3, true},
		{"the Content-Length matches", received(200, "Content-Length: 3"), 3, true},
		{"the body is shorter", received(200, "Content-Length: 4"), 3, false},
		{"the Content-Length is not a number", received(200, "Content-Length: x"), 3, false},
		{"the part matches its range", received(206, "Content-Range: bytes 0-2/9"), 3, true},
		{"the part is shorter than its range", received(206, "Content-Range: bytes 4-9/10"), 5, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := NewStoredResponse("id", get(), test.resp, Lifetimes{}, origin())
			equal(t, "BodyFits", s.BodyFits(test.bytes), test.want)
		})
	}
}
