package handlers

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"larder/origin"
)

func TestAPartIsMadeWhole(t *testing.T) {
	tests := []struct {
		name, method, part string
		lines              []string
		ranges, ifRange    string // what the origin is asked for
		status             int    // of its answer
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
			e.storePart(test.part, test.lines...)
			body := letters
			if test.method == http.MethodHead {
				body = ""
			}
			r := e.request(test.method, "/open/a", "")
			r.want(200, body, anything)
			r.wantHeader("Content-Length", "26")
			r.wantNo("Content-Range")
			if got := fmt.Sprintf("fwd-status=%d; stored", test.status); !strings.Contains(r.header.Get("Cache-Status"), got) {
				t.Errorf("%s is not in %q", got, r.header.Get("Cache-Status"))
			}
			asked := e.lastAsked().Header
			if asked.Get("Range") != test.ranges || asked.Get("If-Range") != test.ifRange {
				t.Errorf("the origin is asked for %q if %q", asked.Get("Range"), asked.Get("If-Range"))
			}
			e.wantAsked(1)
			e.get("/open/a").want(200, letters, "Larder; hit; ttl=60")
			e.get("/open/a", "Range: bytes=8-11").want(206, letters[8:12], "Larder; hit; ttl=60")
			e.wantAsked(0)
		})
	}
}

func TestAPartOfOlderContentIsReplaced(t *testing.T) {
	e := newEdge(t)
	e.storePart("bytes=0-9", strongTag)
	e.serves("new letters", aMinute, `ETag: "v2"`)
	e.get("/open/a").want(200, "new letters", "Larder; fwd=partial; fwd-status=200; stored")
	e.get("/open/a", "Range: bytes=0-2").want(206, "new", "Larder; hit; ttl=60")
	e.wantAsked(1)
}

// A GET without Range never gets a 206 (RFC 9110 §15.3.7), and never a mixture.
func TestPartsThatDoNotMakeTheWholeAreReplacedByIt(t *testing.T) {
	tests := []struct {
		name  string
		body  string
		lines []string
	}{
		{"another ETag", letters[10:], []string{`ETag: "v2"`, "Content-Range: bytes 10-25/26"}},
		{"no ETag", letters[10:], []string{"Content-Range: bytes 10-25/26"}},
		{"another length", letters[10:], []string{strongTag, "Content-Range: bytes 10-25/27"}},
		{"another length, and no end", letters[10:], []string{strongTag, "Content-Range: bytes 10-25/99"}},
		{"a gap", letters[12:], []string{strongTag, "Content-Range: bytes 12-25/26"}},
		{"a part of what was asked for", letters[10:20], []string{strongTag, "Content-Range: bytes 10-19/26"}},
		{"no Content-Range", letters[10:], []string{strongTag}},
		{"fewer bytes than announced", letters[20:], []string{strongTag, "Content-Range: bytes 10-25/26"}},
		{"more bytes than announced", letters[10:], []string{strongTag, "Content-Range: bytes 10-14/26"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.storePart("bytes=0-9", strongTag)
			e.does(func(r *origin.Request) (*origin.Response, error) {
				if r.Header.Get("Range") != "" {
					return e.response(206, test.body, append(test.lines, aMinute)...), nil
				}
				return e.response(200, letters, strongTag, aMinute), nil
			})
			r := e.get("/open/a")
			r.want(200, letters, "Larder; fwd=partial; fwd-status=200; stored")
			r.wantNo("Content-Range")
			e.wantAsked(2)
			e.get("/open/a").want(200, letters, "Larder; hit; ttl=60")
			e.get("/open/a", "Range: bytes=3-5").want(206, letters[3:6], "Larder; hit; ttl=60")
			e.wantAsked(0)
		})
	}
}

// An origin that sends a part although it was asked for the whole has failed.
func TestAPartInPlaceOfTheWholeIsNotServed(t *testing.T) {
	e := newEdge(t)
	e.storePart("bytes=0-9", strongTag)
	e.says(206, letters[12:], strongTag, "Content-Range: bytes 12-25/26", aMinute)
	e.get("/open/a").wantProblem(503, "origin-unavailable")
	e.get("/open/a", "Range: bytes=3-5").want(206, letters[3:6], "Larder; hit; ttl=60")
}

func TestAPurgeReachesJoinedParts(t *testing.T) {
	const joined = "Larder; fwd=partial; fwd-status=206"
	for _, test := range []struct {
		name, members string
		during        bool
		status        string
	}{
		{"softly, while they are joined", `"keys":["part"]`, true, joined + "; stored"},
		{"hard, while they are joined", `"keys":["part"],"soft":false`, true, joined}, // the stored part is better
		{"softly, afterwards", `"keys":["part"]`, false, joined + "; stored"},
		{"hard, afterwards", `"keys":["part"],"soft":false`, false, joined + "; stored"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.storePart("bytes=0-9", strongTag)
			e.serves(letters, aMinute, strongTag, "Surrogate-Key: part")
			rest := e.answer
			e.does(func(r *origin.Request) (*origin.Response, error) {
				if test.during {
					e.purge(test.members)
				}
				return rest(r)
			})
			e.get("/open/a").want(200, letters, test.status)
			if !test.during {
				e.purge(test.members)
			}
			e.serves("new letters", aMinute, `ETag: "v2"`)
			e.get("/open/a").want(200, "new letters", anything)
			e.wantAsked(2)
		})
	}
}

// Each part has keys of its own from the origin.
func TestAPurgeOfEitherPartReachesTheWhole(t *testing.T) {
	for _, purged := range []string{"first", "second"} {
		t.Run(purged, func(t *testing.T) {
			e := newEdge(t)
			e.storePart("bytes=0-9", strongTag, "Surrogate-Key: first both")
			e.serves(letters, strongTag, aMinute, "Surrogate-Key: second both")
			e.get("/open/a").want(200, letters, "Larder; fwd=partial; fwd-status=206; stored")
			e.get("/open/a").want(200, letters, "Larder; hit; ttl=60")
			e.purge(`"keys":["` + purged + `"]`)
			e.get("/open/a").want(200, letters, "Larder; fwd=stale; fwd-status=304; stored")
		})
	}
}

// The stored part is small, and the rest is larger than limits.tagged_body.
func TestAPartOfLargeContentIsMadeWhole(t *testing.T) {
	e := newEdge(t)
	content := strings.Repeat("0123456789", 200)
	e.serves(content, aMinute, strongTag)
	e.get("/open/a", "Range: bytes=0-9").want(206, content[:10], anything)
	e.does(func(r *origin.Request) (*origin.Response, error) {
		status, body, lines := 200, content, []string{aMinute, strongTag, "Content-Length: 2000"}
		if r.Header.Get("Range") == "bytes=10-" {
			status, body = 206, content[10:]
			lines = []string{aMinute, strongTag, "Content-Length: 1990", "Content-Range: bytes 10-1999/2000"}
		}
		return e.response(status, body, lines...), nil
	})
	e.get("/open/a").want(200, content, anything)
}

// A part cannot be tagged by its items, so a purge of any item must reach it. It
// may be all of the content, two parts that were joined, or one part.
func TestAPurgeOfAnItemReachesParts(t *testing.T) {
	file := strings.Replace(testConfig, `"headers": ["*"],`, `"headers": ["*"], "items": [{"each": "data", "keys": ["post:{slug}"]}],`, 1)
	for _, test := range []struct {
		name        string
		first, then []string
	}{
		{"all of it", []string{"Range: bytes=0-"}, nil},
		{"joined", []string{"Range: bytes=0-9"}, nil},
		{"a part", []string{"Range: bytes=0-9"}, []string{"Range: bytes=0-9"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := newEdgeWith(t, file)
			e.serves(before, aMinute, strongTag)
			e.get("/open/a", test.first...)
			e.get("/open/a", test.then...)
			e.get("/open/a", test.then...).wantHeader("Cache-Status", "Larder; hit; ttl=60")
			e.asked = nil
			e.purge(`"keys":["post:tea"]`)
			e.serves(after, aMinute, `ETag: "v2"`)
			e.get("/open/a", test.then...)
			e.wantAsked(1)
		})
	}
	t.Run("the whole", func(t *testing.T) {
		e := newEdgeWith(t, file)
		e.serves(before, aMinute, strongTag)
		e.get("/open/a")
		e.purge(`"keys":["post:tea"]`)
		e.serves(after, aMinute, `ETag: "v2"`)
		e.get("/open/a").want(200, after, anything)
	})
}
