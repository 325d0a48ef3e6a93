package e2e

import (
	"net/http"
	"testing"
)

func TestAMalformedNoStoreIsObeyed(t *testing.T) {
	for _, field := range []string{"max-age=60; no-store", `max-age=60, x="y, no-store`} {
		edge, origin := beginScripted(t)
		origin.script("/things/a/", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", field)
			respond(thing("a", "for once"))(w, r)
		})
		for range 2 {
			if got := edge.get(t, "/things/a/").wantFetched(t); got.cache.stored {
				t.Errorf("Cache-Control: %s: %v", field, got)
			}
		}
	}
}

func TestA204ThatAnnouncesContentIsAnAnswer(t *testing.T) {
	edge, origin := beginScripted(t)
	origin.script("/things/a/", raw("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\nX-A: b\r\n\r\n"))
	for _, path := range []string{"/things/a/", "/things/a/", "/things/a/?preview=1"} {
		got := edge.get(t, path)
		if got.status != http.StatusNoContent || got.header.Get("X-A") != "b" || got.header.Get("Content-Length") != "" {
			t.Errorf("%s: %d %v", path, got.status, got.header)
		}
	}
}

func TestFieldsForThisCacheReachNoClient(t *testing.T) {
	edge, origin := beginScripted(t)
	origin.script("/things/a/", func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"Larder-Cache-Control", "Surrogate-Control", "Surrogate-Key"} {
			w.Header().Set(name, "max-age=60")
		}
		respond(thing("a", "x"))(w, r)
	})
	for _, path := range []string{"/things/a/", "/things/a/?preview=1"} {
		got := edge.get(t, path)
		for _, name := range []string{"Larder-Cache-Control", "Surrogate-Control", "Surrogate-Key"} {
			if got.header.Get(name) != "" {
				t.Errorf("%s: %s is %q", path, name, got.header.Get(name))
			}
		}
	}
}
