package handlers

import (
	"fmt"
	"strings"
	"testing"
)

func TestRanges(t *testing.T) {
	const body = `{"data":"0123456789"}`
	e := newEdge(t)
	e.says(200, body, `Etag: "v1"`)
	e.get("/files/a").want(200, body, anything)
	e.wantAsked(1)
	tests := []struct {
		name         string
		lines        []string
		status       int
		body         string
		contentRange string
	}{
		{"the first bytes", []string{"Range: bytes=0-3"}, 206, body[:4], "bytes 0-3/21"},
		{"a byte", []string{"Range: bytes=5-5"}, 206, body[5:6], "bytes 5-5/21"},
		{"from the middle", []string{"Range: bytes=19-"}, 206, body[19:], "bytes 19-20/21"},
		{"the last bytes", []string{"Range: bytes=-2"}, 206, body[19:], "bytes 19-20/21"},
		{"past the end is cut", []string{"Range: bytes=19-99"}, 206, body[19:], "bytes 19-20/21"},
		{"past the end", []string{"Range: bytes=21-"}, 416, anything, "bytes */21"},
		{"the wrong way round is ignored", []string{"Range: bytes=5-2"}, 200, body, ""},
		{"another unit is ignored", []string{"Range: lines=0-1"}, 200, body, ""},
		{"If-Range with the ETag", []string{"Range: bytes=0-3", `If-Range: "v1"`}, 206, body[:4], "bytes 0-3/21"},
		{"If-Range with another ETag", []string{"Range: bytes=0-3", `If-Range: "v0"`}, 200, body, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := e.get("/files/a", test.lines...)
			r.want(test.status, test.body, "Larder; hit; ttl=3600")
			r.wantHeader("Content-Range", test.contentRange)
			if test.status == 206 {
				r.wantHeader("Content-Length", fmt.Sprint(len(test.body)))
			}
			if test.status == 416 {
				r.wantProblem(416, "range-not-satisfiable")
			}
		})
	}
	t.Run("several", func(t *testing.T) {
		r := e.get("/files/a", "Range: bytes=0-1, 19-")
		r.want(206, anything, "Larder; hit; ttl=3600")
		r.wantHeader("Content-Length", fmt.Sprint(len(r.body)))
		if !strings.HasPrefix(r.header.Get("Content-Type"), "multipart/byteranges; boundary=") ||
			!strings.Contains(r.body, "bytes 19-20/21") || !strings.Contains(r.body, "\r\n\r\n"+body[:2]+"\r\n") {
			t.Errorf("%s: %q", r.header.Get("Content-Type"), r.body)
		}
	})
	t.Run("on a miss", func(t *testing.T) {
		e.get("/files/b", "Range: bytes=0-3").want(206, body[:4], "Larder; fwd=uri-miss; fwd-status=200; stored")
		e.get("/files/b").want(200, body, "Larder; hit; ttl=3600")
	})
	e.wantAsked(1)
}

// Compressed by the host, a range would not be the bytes that Content-Range names.
func TestARangeIsNotCompressed(t *testing.T) {
	e := newEdge(t)
	e.says(200, before)
	const gzip = "Accept-Encoding: gzip"
	e.get("/posts/tea/", gzip).wantHeader("X-Compress-Hint", "on")
	for _, ranges := range []string{"bytes=0-4", "bytes=0-4, 10-14"} {
		r := e.get("/posts/tea/", gzip, "Range: "+ranges)
		r.want(206, anything, anything)
		r.wantNo("X-Compress-Hint")
		r.wantHeader("Content-Length", fmt.Sprint(len(r.body)))
	}
	e.get("/posts/tea/", gzip).wantHeader("X-Compress-Hint", "on")
	e.says(206, letters[:5], "Content-Range: bytes 0-4/26", "X-Compress-Hint: on")
	e.get("/posts/tea/?preview=1", gzip, "Range: bytes=0-4").wantNo("X-Compress-Hint")
}
