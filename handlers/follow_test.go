package handlers

import (
	"io"
	"strings"
	"testing"

	"larder/origin"
)

func TestARangeOutsideThePartIsFwdPartial(t *testing.T) {
	for name, lines := range map[string][]string{"a range": {"Range: bytes=15-"}, "everything": nil} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.keepPart("bytes=5-14", strongTag)
			if r := e.get("/open/a", lines...); !strings.Contains(r.header.Get("Cache-Status"), "; fwd=partial; ") {
				t.Errorf("Cache-Status is %q", r.header.Get("Cache-Status"))
			}
		})
	}
}

// RFC 9110 §13.1.5: an If-Range that does not hold forbids a part.
func TestIfRangeOfOtherContentGetsTheWhole(t *testing.T) {
	for _, state := range []string{"nothing is kept", "another part is kept", "an answer that may not be shared"} {
		t.Run(state, func(t *testing.T) {
			e := newEdge(t)
			switch state {
			case "another part is kept":
				e.keepPart("bytes=0-4", strongTag)
			case "an answer that may not be shared":
				e.serves(letters, "Cache-Control: private", strongTag)
				e.get("/open/a")
			default:
				e.serves(letters, aMinute, strongTag)
			}
			e.get("/open/a", "Range: bytes=5-14", `If-Range: "v0"`).want(200, letters, "")
		})
	}
}

// RFC 9111 §5.2.1.7.
func TestOnlyIfCachedAsksNoOrigin(t *testing.T) {
	t.Run("where a part is kept", func(t *testing.T) {
		e := newEdge(t)
		e.keepPart("bytes=0-9", strongTag)
		e.get("/open/a", "Cache-Control: only-if-cached").wantProblem(504, "not-cached")
		e.wantAsked(0)
	})
	t.Run("where an answer may not be shared", func(t *testing.T) {
		e := newEdge(t)
		e.says(200, "text", "Cache-Control: private")
		e.get("/open/a")
		e.wantAsked(1)
		e.get("/open/a", "Cache-Control: only-if-cached").wantProblem(504, "not-cached")
		e.wantAsked(0)
	})
}

func TestOneVariantsTroubleIsNotAnothers(t *testing.T) {
	t.Run("a failed fetch", func(t *testing.T) {
		e := newEdge(t)
		e.variants("Accept-Language", "Vary: Accept-Language")
		e.get("/open/a", "Accept-Language: en")
		e.fails(errRefused)
		e.get("/open/a", "Accept-Language: de").wantProblem(503, "origin-unavailable")
		e.get("/open/a", "Accept-Language: en").want(200, "for en", "Larder; hit; ttl=60")
	})
	t.Run("an answer that may not be shared", func(t *testing.T) {
		e := newEdge(t)
		e.variants("Accept-Language", "Vary: Accept-Language")
		e.get("/open/a", "Accept-Language: en")
		e.says(200, "secret", "Cache-Control: private", "Vary: Accept-Language")
		e.get("/open/a", "Accept-Language: de").want(200, "secret", "")
		e.get("/open/a", "Accept-Language: en").want(200, "for en", "Larder; hit; ttl=60")
	})
}

// large makes the origin answer a part whose body is past limits.tagged_body.
func (e *edge) large(body string, lines ...string) {
	e.does(func(*origin.Request) (*origin.Response, error) {
		resp := e.response(206, "", append(lines, aMinute, strongTag)...)
		resp.Body, resp.Remainder = []byte(body[:1024]), io.NopCloser(strings.NewReader(body[1024:]))
		return resp, nil
	})
}

func TestALargePartThatDoesNotFitIsNotKept(t *testing.T) {
	content := strings.Repeat("0123456789", 200)
	for name, lines := range map[string][]string{
		"with a length":    {"Content-Range: bytes 0-1899/2000", "Content-Length: 1500"},
		"without a length": {"Content-Range: bytes 0-1899/2000"},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.large(content[:1500], lines...)
			e.get("/open/a", "Range: bytes=0-1899")
			e.serves(content, aMinute, strongTag)
			r := e.get("/open/a", "Range: bytes=1600-1609")
			r.want(206, "0123456789", "")
		})
	}
}

// The kept part is small, what it lacks is past limits.tagged_body.
func TestAPartOfLargeContentIsMadeWhole(t *testing.T) {
	e := newEdge(t)
	content := strings.Repeat("0123456789", 200)
	e.serves(content, aMinute, strongTag)
	e.get("/open/a", "Range: bytes=0-9").want(206, content[:10], "")
	e.does(func(r *origin.Request) (*origin.Response, error) {
		status, body, lines := 200, content, []string{aMinute, strongTag, "Content-Length: 2000"}
		if r.Header.Get("Range") == "bytes=10-" {
			status, body = 206, content[10:]
			lines = []string{aMinute, strongTag, "Content-Length: 1990", "Content-Range: bytes 10-1999/2000"}
		}
		resp := e.response(status, body[:1024], lines...)
		resp.Remainder = io.NopCloser(strings.NewReader(body[1024:]))
		return resp, nil
	})
	e.get("/open/a").want(200, content, "")
}

// A part cannot be tagged by its items, so what came as one escapes their
// purges. The origin's answer was one of three: all of the content as a part,
// two parts that were joined, and a part.
func TestAPurgedItemIsGoneFromPartsToo(t *testing.T) {
	file := strings.Replace(testConfig, `"headers": ["*"],`, `"headers": ["*"], "items": [{"each": "data", "keys": ["post:{slug}"]}],`, 1)
	for _, test := range []struct {
		name       string
		kept, then []string
	}{
		{"all of it", []string{"Range: bytes=0-"}, nil},
		{"joined", []string{"Range: bytes=0-9"}, nil},
		{"a part", []string{"Range: bytes=0-9"}, []string{"Range: bytes=0-9"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := newEdgeWith(t, file)
			e.serves(before, aMinute, strongTag)
			e.get("/open/a", test.kept...)
			e.get("/open/a", test.then...)
			e.get("/open/a", test.then...).wantHeader("Cache-Status", "Larder; hit; ttl=60")
			e.asked = nil
			e.purge(`"keys":["post:tea"]`)
			e.serves(after, aMinute, `ETag: "v2"`)
			e.get("/open/a", test.then...)
			e.wantAsked(1)
		})
	}
	t.Run("asked for as a whole", func(t *testing.T) { // which shows that the others are meant to work
		e := newEdgeWith(t, file)
		e.serves(before, aMinute, strongTag)
		e.get("/open/a")
		e.purge(`"keys":["post:tea"]`)
		e.serves(after, aMinute, `ETag: "v2"`)
		e.get("/open/a").want(200, after, "")
	})
}
