package handlers

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"larder/origin"
)

// storePart stores a part of letters.
func (e *edge) storePart(part string, lines ...string) {
	e.t.Helper()
	e.serves(letters, append(lines, aMinute)...)
	e.get("/open/a", "Range: "+part).want(206, anything, "Larder; fwd=uri-miss; fwd-status=206; stored")
	e.wantAsked(1)
}

func TestAStoredPartAnswersForItsOwnBytes(t *testing.T) {
	tests := []struct {
		name   string
		lines  []string
		status int
		body   string
		part   string
	}{
		{"all of it", []string{"Range: bytes=5-14"}, 206, letters[5:15], "bytes 5-14/26"},
		{"its beginning", []string{"Range: bytes=5-5"}, 206, letters[5:6], "bytes 5-5/26"},
		{"its end", []string{"Range: bytes=14-14"}, 206, letters[14:15], "bytes 14-14/26"},
		{"its middle", []string{"Range: bytes=7-9"}, 206, letters[7:10], "bytes 7-9/26"},
		{"with its ETag in If-Range", []string{"Range: bytes=7-9", `If-Range: "v1"`}, 206, letters[7:10], "bytes 7-9/26"},
		{"bytes that the content does not have", []string{"Range: bytes=26-"}, 416, anything, "bytes */26"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.storePart("bytes=5-14", strongTag)
			r := e.get("/open/a", test.lines...)
			r.want(test.status, test.body, "Larder; hit; ttl=60")
			r.wantHeader("Content-Range", test.part)
			e.wantAsked(0)
		})
	}
	t.Run("several ranges of it", func(t *testing.T) {
		e := newEdge(t)
		e.storePart("bytes=5-14", strongTag)
		r := e.get("/open/a", "Range: bytes=5-6, 13-14")
		r.want(206, anything, "Larder; hit; ttl=60")
		r.wantHeader("Content-Length", fmt.Sprint(len(r.body)))
		for _, piece := range []string{"bytes 5-6/26", "\r\n\r\nfg\r\n", "bytes 13-14/26", "\r\n\r\nno\r\n"} {
			if !strings.Contains(r.body, piece) {
				t.Errorf("%q is not in %q", piece, r.body)
			}
		}
		e.wantAsked(0)
	})
}

func TestWhatAStoredPartLacksIsFetched(t *testing.T) {
	tests := []struct {
		name   string
		lines  []string
		status int
		body   string
	}{
		{"the bytes before it", []string{"Range: bytes=0-4"}, 206, letters[:5]},
		{"the bytes after it", []string{"Range: bytes=15-"}, 206, letters[15:]},
		{"some of its bytes and more", []string{"Range: bytes=10-20"}, 206, letters[10:21]},
		{"the last bytes", []string{"Range: bytes=-3"}, 206, letters[23:]},
		{"everything", nil, 200, letters},
		{"everything, by a HEAD", nil, 200, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.storePart("bytes=5-14", strongTag)
			method := http.MethodGet
			if test.body == "" {
				method = http.MethodHead
			}
			e.request(method, "/open/a", "", test.lines...).want(test.status, test.body, anything)
			if got, want := e.lastAsked().Header.Get("Range"), fields(test.lines...).Get("Range"); got != want {
				t.Errorf("the origin is asked for %q, not %q", got, want)
			}
			e.wantAsked(1)
			e.request(method, "/open/a", "", test.lines...).want(test.status, test.body, "Larder; hit; ttl=60")
			e.wantAsked(0)
		})
	}
}

func TestARangeOutsideThePartIsFwdPartial(t *testing.T) {
	for name, lines := range map[string][]string{"a range": {"Range: bytes=15-"}, "everything": nil} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.storePart("bytes=5-14", strongTag)
			if r := e.get("/open/a", lines...); !strings.Contains(r.header.Get("Cache-Status"), "; fwd=partial; ") {
				t.Errorf("Cache-Status is %q", r.header.Get("Cache-Status"))
			}
		})
	}
}

// RFC 9110 §13.1.5: an If-Range that does not hold forbids a part.
func TestIfRangeOfOtherContentGetsTheWhole(t *testing.T) {
	for _, state := range []string{"nothing is stored", "another part is stored", "an answer that may not be shared"} {
		t.Run(state, func(t *testing.T) {
			e := newEdge(t)
			switch state {
			case "another part is stored":
				e.storePart("bytes=0-4", strongTag)
			case "an answer that may not be shared":
				e.serves(letters, "Cache-Control: private", strongTag)
				e.get("/open/a")
			default:
				e.serves(letters, aMinute, strongTag)
			}
			e.get("/open/a", "Range: bytes=5-14", `If-Range: "v0"`).want(200, letters, anything)
		})
	}
}

func TestAnOutageLeavesAStoredPartAsItIs(t *testing.T) {
	e := newEdge(t)
	e.storePart("bytes=0-9", strongTag)
	e.fails(errRefused)
	e.get("/open/a").wantProblem(503, "origin-unavailable")
	e.get("/open/a", "Range: bytes=3-5").want(206, letters[3:6], "Larder; hit; ttl=60")
	e.wantAsked(1)
}

func TestAPartThatIsEverythingIsTheWhole(t *testing.T) {
	e := newEdge(t)
	e.storePart("bytes=0-25")
	r := e.get("/open/a")
	r.want(200, letters, "Larder; hit; ttl=60")
	r.wantNo("Content-Range")
	e.wantAsked(0)
}

func TestAPartThatCannotBeStoredIsForwarded(t *testing.T) {
	tests := []struct {
		name  string
		body  string
		lines []string
	}{
		{"its body is too short", "fghij", []string{"Content-Range: bytes 5-14/26"}},
		{"its body is too long", letters, []string{"Content-Range: bytes 5-14/26"}},
		{"the length of the whole is not known", letters[5:15], []string{"Content-Range: bytes 5-14/*"}},
		{"it does not say which part it is", letters[5:15], nil},
		{"its range is not in bytes", letters[5:15], []string{"Content-Range: letters 5-14/26"}},
		{"it ends after the end", letters[5:15], []string{"Content-Range: bytes 5-14/10"}},
		{"it is several parts", "--x\r\n…\r\n--x--", []string{"Content-Type: multipart/byteranges; boundary=x"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.says(206, test.body, append(test.lines, aMinute)...)
			for range 2 {
				r := e.get("/open/a", "Range: bytes=5-14")
				r.want(206, test.body, anything)
				r.wantHeader("Content-Range", fields(test.lines...).Get("Content-Range"))
				if strings.Contains(r.header.Get("Cache-Status"), "; stored") {
					t.Errorf("Cache-Status is %q", r.header.Get("Cache-Status"))
				}
			}
			e.wantAsked(2)
			e.serves(letters, aMinute)
			e.get("/open/a").want(200, letters, anything)
			e.get("/open/a").want(200, letters, "Larder; hit; ttl=60")
			e.wantAsked(1)
		})
	}
}

func TestAStalePartIsRevalidated(t *testing.T) {
	tests := []struct {
		name, body, tag string
		want            string
		status          int
	}{
		{"and is current", letters, strongTag, letters[5:8], 304},
		{"and has changed", strings.ToUpper(letters), `ETag: "v2"`, "FGH", 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.storePart("bytes=5-14", strongTag)
			e.pass(2 * time.Minute)
			e.serves(test.body, aMinute, test.tag)
			r := e.get("/open/a", "Range: bytes=5-7")
			r.want(206, test.want, fmt.Sprintf("Larder; fwd=stale; fwd-status=%d; stored", test.status))
			r.wantHeader("Content-Range", "bytes 5-7/26")
			asked := e.lastAsked().Header
			if asked.Get("If-None-Match") != `"v1"` || asked.Get("Range") != "" {
				t.Errorf("the origin is asked with %v", asked)
			}
			e.get("/open/a", "Range: bytes=5-7").want(206, test.want, "Larder; hit; ttl=60")
			e.wantAsked(1)
		})
	}
}

// largePart makes the origin answer with a part that is larger than
// limits.tagged_body.
func (e *edge) largePart(body string, lines ...string) {
	e.does(func(*origin.Request) (*origin.Response, error) {
		return e.response(206, body, append(lines, aMinute, strongTag)...), nil
	})
}

func TestALargePartThatDoesNotFitIsNotStored(t *testing.T) {
	content := strings.Repeat("0123456789", 200)
	for name, lines := range map[string][]string{
		"with a length":    {"Content-Range: bytes 0-1899/2000", "Content-Length: 1500"},
		"without a length": {"Content-Range: bytes 0-1899/2000"},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.largePart(content[:1500], lines...)
			e.get("/open/a", "Range: bytes=0-1899")
			e.serves(content, aMinute, strongTag)
			r := e.get("/open/a", "Range: bytes=1600-1609")
			r.want(206, "0123456789", anything)
		})
	}
}
