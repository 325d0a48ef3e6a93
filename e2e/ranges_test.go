package e2e

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"testing"
)

func TestRanges(t *testing.T) {
	for _, state := range []string{"cold", "cached"} {
		t.Run(state, func(t *testing.T) {
			edge, _ := begin(t)
			whole := edge.get(t, somePost).wantFetched(t)
			size, etag := len(whole.body), whole.header.Get("Etag")
			for _, c := range []struct {
				name, field, ifRange string
				status               int
				want                 []byte
				contentRange         string
			}{
				{"the first bytes", "bytes=0-9", "", 206, whole.body[:10], fmt.Sprintf("bytes 0-9/%d", size)},
				{"the last bytes", "bytes=-7", "", 206, whole.body[size-7:], fmt.Sprintf("bytes %d-%d/%d", size-7, size-1, size)},
				{"from the middle on", "bytes=100-", "", 206, whole.body[100:], fmt.Sprintf("bytes 100-%d/%d", size-1, size)},
				{"past the end", "bytes=10-99999999", "", 206, whole.body[10:], fmt.Sprintf("bytes 10-%d/%d", size-1, size)},
				{"none that is there", "bytes=99999999-", "", 416, nil, fmt.Sprintf("bytes */%d", size)},
				{"with a matching If-Range", "bytes=0-9", etag, 206, whole.body[:10], fmt.Sprintf("bytes 0-9/%d", size)},
				{"with another If-Range", "bytes=0-9", `"other"`, 200, whole.body, ""},
				{"in an unknown unit", "pages=1-2", "", 200, whole.body, ""},
				{"that is nonsense", "bytes=9-3", "", 200, whole.body, ""},
			} {
				t.Run(c.name, func(t *testing.T) {
					if state == "cold" {
						edge.empty(t)
					}
					options := []option{with("Range", c.field)}
					if c.ifRange != "" {
						options = append(options, with("If-Range", c.ifRange))
					}
					got := edge.get(t, somePost, options...)
					if got.status != c.status || got.header.Get("Content-Range") != c.contentRange {
						t.Fatalf("%d, Content-Range %q; want %d, %q", got.status, got.header.Get("Content-Range"), c.status, c.contentRange)
					}
					if c.want == nil {
						got.wantProblem(t, c.status, "range-not-satisfiable")
						return
					}
					if !bytes.Equal(got.body, c.want) || got.header.Get("Content-Length") != fmt.Sprint(len(c.want)) {
						t.Errorf("%d bytes came, want %d", len(got.body), len(c.want))
					}
				})
			}
		})
	}
}

func TestSeveralRangesComeInOneBody(t *testing.T) {
	edge, _ := begin(t)
	whole := edge.get(t, somePost).wantFetched(t)
	got := edge.get(t, somePost, with("Range", "bytes=0-4,20-29,-3"))
	kind, parameters, err := mime.ParseMediaType(got.header.Get("Content-Type"))
	if got.status != http.StatusPartialContent || err != nil || kind != "multipart/byteranges" {
		t.Fatalf("%d, %v (%v)", got.status, got.header, err)
	}
	if got.header.Get("Content-Length") != fmt.Sprint(len(got.body)) {
		t.Errorf("Content-Length is %s for %d bytes", got.header.Get("Content-Length"), len(got.body))
	}
	parts := multipart.NewReader(bytes.NewReader(got.body), parameters["boundary"])
	size := len(whole.body)
	for _, want := range [][2]int{{0, 5}, {20, 30}, {size - 3, size}} {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(part)
		if err != nil || !bytes.Equal(body, whole.body[want[0]:want[1]]) {
			t.Errorf("part %v is %q (%v)", want, body, err)
		}
		if r := part.Header.Get("Content-Range"); r != fmt.Sprintf("bytes %d-%d/%d", want[0], want[1]-1, size) {
			t.Errorf("part %v has Content-Range %q", want, r)
		}
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Errorf("more parts than were asked for (%v)", err)
	}
}
