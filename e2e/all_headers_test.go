package e2e

import (
	"net/http"
	"testing"
)

// newOpen starts an edge that passes all headers on, for one test.
func newOpen(t *testing.T) (edge, *scriptedOrigin) {
	t.Helper()
	origin := startOrigin(t)
	wasm := build(t, "../presets/follow-origin.json", func(config map[string]any) { config["purge"] = map[string]any{"repeat": []any{}} })
	return startOwn(t, wasm, map[string]string{"primary": origin.url()}, nil), origin
}

func TestAllHeadersOfAClientDecideForThatClientOnly(t *testing.T) {
	edge, origin := newOpen(t)
	t.Run("overrides do not reach the origin", func(t *testing.T) {
		names := []string{
			"Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "X-Original-URL", "X-Rewrite-URL",
			"X-HTTP-Method-Override", "X-Middleware-Subrequest", "Fastly-SSL", "Proxy", "X_Forwarded_Host", "Max-Forwards",
		}
		origin.script("/open/a", func(w http.ResponseWriter, r *http.Request) {
			for _, name := range names {
				if value := r.Header.Get(name); value == "evil" {
					t.Errorf("the origin got %s", name)
				}
			}
			w.Header().Set("Cache-Control", "max-age=60")
			respond(thing("a", r.Header.Get("X-Currency")))(w, r)
		})
		options := []option{with("X-Currency", "eur")}
		for _, name := range names {
			options = append(options, with(name, "evil"))
		}
		got := edge.get(t, "/open/a", options...).wantFetched(t)
		if string(got.body) != thing("a", "eur") {
			t.Errorf("a header that negotiates is lost: %v", got)
		}
	})
	t.Run("an answer with a cookie is nobody else's", func(t *testing.T) {
		origin.script("/open/b", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "max-age=60")
			w.Header().Set("Set-Cookie", "session=of-ada")
			respond(thing("b", "ada's"))(w, r)
		})
		for range 2 {
			if got := edge.get(t, "/open/b"); got.cache.hit || got.cache.stored {
				t.Errorf("it is stored: %v", got)
			}
		}
	})
	t.Run("nor is an answer to a cookie", func(t *testing.T) {
		origin.script("/open/c", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "max-age=60")
			respond(thing("c", r.Header.Get("Cookie")))(w, r)
		})
		for _, user := range []string{"ada", "bob", ""} {
			if got := edge.get(t, "/open/c", with("Cookie", user)); string(got.body) != thing("c", user) {
				t.Errorf("%s gets %v", user, got)
			}
		}
	})
}
