package handlers

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"larder/origin"
)

// letters is content of 26 bytes, of which parts are kept.
const letters = "abcdefghijklmnopqrstuvwxyz"

// Header lines of content that its origin lets everybody keep.
const (
	aMinute   = "Cache-Control: max-age=60"
	strongTag = `ETag: "v1"`
)

// serves makes the origin answer with body, and with parts of it where it is
// asked for them (RFC 9110 §14.2).
func (e *edge) serves(body string, lines ...string) {
	e.does(func(req *origin.Request) (*origin.Response, error) {
		w := httptest.NewRecorder()
		for name, values := range fields(append(lines, "Content-Type: text/plain")...) {
			w.Header()[name] = values
		}
		http.ServeContent(w, &http.Request{Method: req.Method, Header: req.Header}, "", time.Time{}, strings.NewReader(body))
		resp := e.response(w.Code, w.Body.String())
		resp.Header = w.Header()
		return resp, nil
	})
}

// keepPart makes the cache have a part of letters.
func (e *edge) keepPart(part string, lines ...string) {
	e.t.Helper()
	e.serves(letters, append(lines, aMinute)...)
	e.get("/open/a", "Range: "+part).want(206, "", "Larder; fwd=uri-miss; fwd-status=206; stored")
	e.wantAsked(1)
}

func TestAKeptPartAnswersForItsOwnBytes(t *testing.T) {
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
		{"bytes that the content does not have", []string{"Range: bytes=26-"}, 416, "", "bytes */26"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.keepPart("bytes=5-14", strongTag)
			r := e.get("/open/a", test.lines...)
			r.want(test.status, test.body, "Larder; hit; ttl=60")
			r.wantHeader("Content-Range", test.part)
			e.wantAsked(0)
		})
	}
	t.Run("several ranges of it", func(t *testing.T) {
		e := newEdge(t)
		e.keepPart("bytes=5-14", strongTag)
		r := e.get("/open/a", "Range: bytes=5-6, 13-14")
		r.want(206, "", "Larder; hit; ttl=60")
		r.wantHeader("Content-Length", fmt.Sprint(len(r.body)))
		for _, piece := range []string{"bytes 5-6/26", "\r\n\r\nfg\r\n", "bytes 13-14/26", "\r\n\r\nno\r\n"} {
			if !strings.Contains(r.body, piece) {
				t.Errorf("%q is not in %q", piece, r.body)
			}
		}
		e.wantAsked(0)
	})
}

func TestWhatAKeptPartLacksIsFetched(t *testing.T) {
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
			e.keepPart("bytes=5-14", strongTag)
			method := http.MethodGet
			if test.body == "" {
				method = http.MethodHead
			}
			e.request(method, "/open/a", "", test.lines...).want(test.status, test.body, "")
			if got, want := e.lastAsked().Header.Get("Range"), fields(test.lines...).Get("Range"); got != want {
				t.Errorf("the origin is asked for %q, not %q", got, want)
			}
			e.wantAsked(1)
			e.request(method, "/open/a", "", test.lines...).want(test.status, test.body, "Larder; hit; ttl=60")
			e.wantAsked(0)
		})
	}
}

func TestAPartIsMadeWhole(t *testing.T) {
	tests := []struct {
		name, method, kept string
		lines              []string
		part, ifRange      string // what the origin is asked for
		status             int    // and answers
	}{
		{"with the end that it lacks", "GET", "bytes=0-9", []string{strongTag}, "bytes=10-", `"v1"`, 206},
		{"with the beginning that it lacks", "GET", "bytes=20-25", []string{strongTag}, "bytes=0-19", `"v1"`, 206},
		{"for a HEAD", "HEAD", "bytes=0-9", []string{strongTag}, "bytes=10-", `"v1"`, 206},
		{"at once where it lacks both ends", "GET", "bytes=5-9", []string{strongTag}, "", "", 200},
		{"at once where its ETag is weak", "GET", "bytes=0-9", []string{`ETag: W/"v1"`}, "", "", 200},
		{"at once where it has no ETag", "GET", "bytes=0-9", nil, "", "", 200},
		{"at once where it has a date alone", "GET", "bytes=0-9", []string{"Last-Modified: Sun, 01 Nov 2026 00:00:00 GMT"}, "", "", 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.keepPart(test.kept, test.lines...)
			body := letters
			if test.method == http.MethodHead {
				body = ""
			}
			r := e.request(test.method, "/open/a", "")
			r.want(200, body, "")
			r.wantHeader("Content-Length", "26")
			r.wantNo("Content-Range")
			if got := fmt.Sprintf("fwd-status=%d; stored", test.status); !strings.Contains(r.header.Get("Cache-Status"), got) {
				t.Errorf("%s is not in %q", got, r.header.Get("Cache-Status"))
			}
			asked := e.lastAsked().Header
			if asked.Get("Range") != test.part || asked.Get("If-Range") != test.ifRange {
				t.Errorf("the origin is asked for %q if %q", asked.Get("Range"), asked.Get("If-Range"))
			}
			e.wantAsked(1)
			e.get("/open/a").want(200, letters, "Larder; hit; ttl=60")
			e.get("/open/a", "Range: bytes=8-11").want(206, letters[8:12], "Larder; hit; ttl=60")
			e.wantAsked(0)
		})
	}
}

func TestAPartOfOlderContentGivesWay(t *testing.T) {
	e := newEdge(t)
	e.keepPart("bytes=0-9", strongTag)
	e.serves("new letters", aMinute, `ETag: "v2"`)
	e.get("/open/a").want(200, "new letters", "Larder; fwd=partial; fwd-status=200; stored")
	e.get("/open/a", "Range: bytes=0-2").want(206, "new", "Larder; hit; ttl=60")
	e.wantAsked(1)
}

func TestPartsThatDoNotJoinAreNeverMixed(t *testing.T) {
	tests := []struct {
		name  string
		body  string
		lines []string
	}{
		{"another ETag", letters[10:], []string{`ETag: "v2"`, "Content-Range: bytes 10-25/26"}},
		{"no ETag", letters[10:], []string{"Content-Range: bytes 10-25/26"}},
		{"another length", letters[10:], []string{strongTag, "Content-Range: bytes 10-25/27"}},
		{"a gap", letters[12:], []string{strongTag, "Content-Range: bytes 12-25/26"}},
		{"no Content-Range", letters[10:], []string{strongTag}},
		{"fewer bytes than announced", letters[20:], []string{strongTag, "Content-Range: bytes 10-25/26"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.keepPart("bytes=0-9", strongTag)
			e.says(206, test.body, append(test.lines, aMinute)...)
			r := e.get("/open/a")
			r.wantProblem(503, "origin-unavailable")
			r.wantHeader("Cache-Status", "Larder; fwd=partial; fwd-status=206; detail=origin-answer-invalid")
			e.wantAsked(1)
			e.get("/open/a", "Range: bytes=3-5").want(206, letters[3:6], "Larder; hit; ttl=60")
			e.wantAsked(0)
		})
	}
}

func TestAPurgeReachesWhatWasMadeWhole(t *testing.T) {
	for name, members := range map[string]string{"softly": `"keys":["part"]`, "hard": `"keys":["part"],"soft":false`} {
		for when, during := range map[string]bool{"while it is made": true, "afterwards": false} {
			t.Run(name+", "+when, func(t *testing.T) {
				e := newEdge(t)
				e.keepPart("bytes=0-9", strongTag)
				e.serves(letters, aMinute, strongTag, "Surrogate-Key: part")
				rest := e.answer
				e.does(func(r *origin.Request) (*origin.Response, error) {
					if during {
						e.purge(members)
					}
					return rest(r)
				})
				e.get("/open/a").want(200, letters, "Larder; fwd=partial; fwd-status=206; stored")
				if !during {
					e.purge(members)
				}
				e.serves("new letters", aMinute, `ETag: "v2"`)
				e.get("/open/a").want(200, "new letters", "")
				e.wantAsked(2)
			})
		}
	}
}

func TestAnOutageLeavesAPartAsItIs(t *testing.T) {
	e := newEdge(t)
	e.keepPart("bytes=0-9", strongTag)
	e.fails(errRefused)
	e.get("/open/a").wantProblem(503, "origin-unavailable")
	e.get("/open/a", "Range: bytes=3-5").want(206, letters[3:6], "Larder; hit; ttl=60")
	e.wantAsked(1)
}

func TestAPartThatIsEverythingIsTheWhole(t *testing.T) {
	e := newEdge(t)
	e.keepPart("bytes=0-25")
	r := e.get("/open/a")
	r.want(200, letters, "Larder; hit; ttl=60")
	r.wantNo("Content-Range")
	e.wantAsked(0)
}

func TestAPartThatCannotBeKeptIsPassedOn(t *testing.T) {
	tests := []struct {
		name  string
		body  string
		lines []string
	}{
		{"its body is too short", "fghij", []string{"Content-Range: bytes 5-14/26"}},
		{"its body is too long", letters, []string{"Content-Range: bytes 5-14/26"}},
		{"its body is not as long as announced", letters[5:15], []string{"Content-Range: bytes 5-14/26", "Content-Length: 11"}},
		{"the length of the whole is not known", letters[5:15], []string{"Content-Range: bytes 5-14/*"}},
		{"it does not say which part it is", letters[5:15], nil},
		{"it is no part in bytes", letters[5:15], []string{"Content-Range: letters 5-14/26"}},
		{"it ends after the end", letters[5:15], []string{"Content-Range: bytes 5-14/10"}},
		{"it is several parts", "--x\r\n…\r\n--x--", []string{"Content-Type: multipart/byteranges; boundary=x"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.says(206, test.body, append(test.lines, aMinute)...)
			for range 2 {
				r := e.get("/open/a", "Range: bytes=5-14")
				r.want(206, test.body, "")
				r.wantHeader("Content-Range", fields(test.lines...).Get("Content-Range"))
				if strings.Contains(r.header.Get("Cache-Status"), "; stored") {
					t.Errorf("Cache-Status is %q", r.header.Get("Cache-Status"))
				}
			}
			e.wantAsked(2)
			e.serves(letters, aMinute)
			e.get("/open/a").want(200, letters, "")
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
			e.keepPart("bytes=5-14", strongTag)
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

// The origin gives each part keys of its own.
func TestAPurgeOfEitherPartIsOneOfTheWhole(t *testing.T) {
	for _, purged := range []string{"first", "second"} {
		t.Run(purged, func(t *testing.T) {
			e := newEdge(t)
			e.keepPart("bytes=0-9", strongTag, "Surrogate-Key: first both")
			e.serves(letters, strongTag, aMinute, "Surrogate-Key: second both")
			e.get("/open/a").want(200, letters, "Larder; fwd=partial; fwd-status=206; stored")
			e.get("/open/a").want(200, letters, "Larder; hit; ttl=60")
			e.purge(`"keys":["` + purged + `"]`)
			e.get("/open/a").want(200, letters, "Larder; fwd=stale; fwd-status=304; stored")
		})
	}
}

// A part that the host compressed would not be the bytes that it says.
func TestAPartIsNotCompressed(t *testing.T) {
	e := newEdge(t)
	e.says(200, before)
	const gzip = "Accept-Encoding: gzip"
	e.get("/posts/tea/", gzip).wantHeader("X-Compress-Hint", "on")
	for _, ranges := range []string{"bytes=0-4", "bytes=0-4, 10-14"} {
		r := e.get("/posts/tea/", gzip, "Range: "+ranges)
		r.want(206, "", "")
		r.wantNo("X-Compress-Hint")
		r.wantHeader("Content-Length", fmt.Sprint(len(r.body)))
	}
	e.get("/posts/tea/", gzip).wantHeader("X-Compress-Hint", "on")
	e.says(206, letters[:5], "Content-Range: bytes 0-4/26", "X-Compress-Hint: on")
	e.get("/posts/tea/?preview=1", gzip, "Range: bytes=0-4").wantNo("X-Compress-Hint")
}
