package handlers

import (
	"strings"
	"testing"
)

// A 304 says that the stored body is right (RFC 9111 §4.3.3), also if the answer is
// for one client alone, or has no end by its type.
func TestA304ThatMayNotBeStoredIsAnsweredWithTheStoredBody(t *testing.T) {
	stored := []string{`Etag: "1"`, "Cache-Control: max-age=60, stale-if-error=86400"}
	for _, uri := range []string{"/posts/tea/", "/files/tea", "/open/tea"} {
		for _, line := range []string{
			"Cache-Control: private", "Cache-Control: no-store", "Surrogate-Control: no-store", "CDN-Cache-Control: private",
			"Larder-Cache-Control: no-store", "Set-Cookie: session=ada", "Vary: *", "Content-Type: text/event-stream",
		} {
			t.Run(uri+", "+line, func(t *testing.T) {
				e := newEdge(t)
				for name, want := range map[string]struct {
					status int
					body   string
				}{
					"X: y":                  {200, before},
					`If-None-Match: "1"`:    {304, ""},
					"Range: bytes=2-5":      {206, before[2:6]},
					`If-None-Match: "none"`: {200, before},
				} {
					e.pass(passTime)
					e.says(200, before, stored...)
					e.get(uri)
					e.purge(`"all":true`)
					e.says(304, "", `Etag: "1"`, line)
					e.get(uri, name).want(want.status, want.body, anything)
				}
			})
		}
	}
}

// The operator's lifetimes are for what is stored.
func TestClientsHearWhatA304SaysThatMayNotBeStored(t *testing.T) {
	for _, status := range []int{200, 304} {
		for _, line := range []string{"Cache-Control: private", "Cache-Control: no-store", "Set-Cookie: session=ada"} {
			e := newEdge(t)
			e.says(200, before, `Etag: "1"`)
			e.get("/posts/tea/").wantHeader("Cache-Control", "public, max-age=0, stale-if-error=86400")
			e.purge(`"all":true`)
			e.says(status, map[int]string{200: before}[status], `Etag: "1"`, line)
			r := e.get("/posts/tea/")
			r.want(200, before, anything)
			name, value, _ := strings.Cut(line, ": ")
			r.wantHeader(name, value)
			if strings.Contains(r.header.Get("Cache-Control"), "public") {
				t.Errorf("%d with %s: clients hear %q", status, line, r.header.Get("Cache-Control"))
			}
		}
	}
}
