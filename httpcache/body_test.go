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
		{"a 200 without a tag gets one", received(200, "Cache-Control: max-age=1"), `"made-here"`, "", ""},
		{"the origin's tag stays", received(200, "Cache-Control: max-age=1", `ETag: W/"o"`), `W/"o"`, `W/"o"`, ""},
		{"a 404 gets none", received(404, "Cache-Control: max-age=1"), "", "", ""},
		{"a length that does not fit is corrected", received(200, "Cache-Control: max-age=1", "Content-Length: 5"), `"made-here"`, "", "10"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := store(t, test.resp, origin())
			equal(t, "ETag", s.Header.Get("ETag"), test.etag)
			equal(t, "the origin's ETag", s.OriginETag, test.origin)
			equal(t, "Content-Length", s.Header.Get("Content-Length"), test.length)
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
		{"nothing was promised", received(200), 3, true},
		{"what was promised came", received(200, "Content-Length: 3"), 3, true},
		{"it was cut short", received(200, "Content-Length: 4"), 3, false},
		{"no number is no promise kept", received(200, "Content-Length: x"), 3, false},
		{"the part is there", received(206, "Content-Range: bytes 0-2/9"), 3, true},
		{"the part was cut short", received(206, "Content-Range: bytes 4-9/10"), 5, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := NewStoredResponse("id", get(), test.resp, Lifetimes{}, origin())
			equal(t, "fits", s.BodyFits(test.bytes), test.want)
		})
	}
}
