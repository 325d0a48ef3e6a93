package handlers

import (
	"strings"
	"testing"

	"larder/origin"
)

func TestConditionalRequests(t *testing.T) {
	e := newEdge(t)
	e.says(200, before, "Last-Modified: Sun, 01 Nov 2026 12:00:00 GMT")
	etag := e.get("/posts/tea/").header.Get("Etag")
	e.wantAsked(1)
	tests := []struct {
		name   string
		line   string
		status int
	}{
		{"the same ETag", "If-None-Match: " + etag, 304},
		{"the same ETag, weak", "If-None-Match: W/" + strings.TrimPrefix(etag, "W/"), 304},
		{"the ETag among others", `If-None-Match: "a", ` + etag, 304},
		{"any ETag", "If-None-Match: *", 304},
		{"another ETag", `If-None-Match: "a"`, 200},
		{"not modified since its date", "If-Modified-Since: Sun, 01 Nov 2026 12:00:00 GMT", 304},
		{"modified since a date before", "If-Modified-Since: Sat, 31 Oct 2026 12:00:00 GMT", 200},
		{"a date that is none", "If-Modified-Since: yesterday", 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, method := range []string{"GET", "HEAD"} {
				r := e.request(method, "/posts/tea/", "", test.line)
				r.want(test.status, anything, "Larder; hit; ttl=3600")
				if test.status == 304 && (r.body != "" || r.header.Get("Etag") != etag) {
					t.Errorf("the 304 has the body %q and the ETag %q", r.body, r.header.Get("Etag"))
				}
				if test.status == 304 {
					r.wantNo("Content-Length")
				}
			}
		})
	}
	e.wantAsked(0)
}

func TestAPurgedEntryThatIsStillCurrentIsValidated(t *testing.T) {
	e := newEdge(t)
	e.says(200, before, `Etag: "v1"`)
	e.get("/posts/tea/")
	e.wantAsked(1)
	e.purge(`"keys":["post:tea"]`)
	e.says(304, "", `Etag: "v1"`)
	r := e.get("/posts/tea/")
	r.want(200, before, "Larder; fwd=stale; fwd-status=304; stored")
	if got := e.lastAsked().Header.Get("If-None-Match"); got != `"v1"` {
		t.Errorf("the origin is asked with If-None-Match %q", got)
	}
	e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
	e.wantAsked(1)
	// The validated entry still has its keys.
	e.purge(`"keys":["author:ada"]`)
	e.says(200, after)
	e.get("/posts/tea/").want(200, after, anything)
	e.wantAsked(1)
}

func TestA304AddsItsKeys(t *testing.T) {
	e := newEdge(t)
	e.says(200, before, `Etag: "v1"`, "Surrogate-Key: first")
	e.get("/posts/tea/")
	e.purge(`"keys":["first"]`)
	e.says(304, "", `Etag: "v1"`, "Surrogate-Key: later", "Cache-Tag: tag, another one")
	e.get("/posts/tea/").want(200, before, anything)
	e.wantAsked(2)
	for _, key := range []string{"later", "another one", "first", "author:ada"} {
		e.purge(`"keys":["` + key + `"]`)
		e.get("/posts/tea/").want(200, before, anything)
		e.wantAsked(1)
	}
}

func TestARangeRequestBeforeAValidationLeavesTheEntryWhole(t *testing.T) {
	for name, ranges := range map[string]string{"one range": "bytes=0-1", "several ranges": "bytes=0-1,4-5"} {
		t.Run(name, func(t *testing.T) {
			e := staleEdge(t, `Etag: "v1"`)
			e.does(func(*origin.Request) (*origin.Response, error) {
				r := e.response(304, "")
				delete(r.Header, "Content-Type") // a 304 has none
				return r, nil
			})
			e.get("/posts/tea/", "Range: "+ranges).want(206, anything, anything)
			r := e.get("/posts/tea/")
			r.want(200, before, "Larder; hit; ttl=3600")
			r.wantHeader("Content-Type", "application/json")
			r.wantNo("Content-Range")
		})
	}
}
