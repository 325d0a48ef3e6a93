package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// The edge reuses a sandbox for many requests. These tests alternate requests
// that differ in one thing, often enough that they meet in one sandbox, and look
// for the one's traces in the other's answer.
const rounds = 10

func TestTheDebugHeaderShowsKeysOnlyWhereItWasSent(t *testing.T) {
	edge, _ := begin(t)
	for range rounds {
		debugged := edge.get(t, somePost, with("Larder-Debug", "1"))
		if !strings.Contains(debugged.header.Get("Surrogate-Key"), "post:quince-patience") || debugged.cache.key == "" {
			t.Fatalf("the debugged answer lacks its keys: %v", debugged.header)
		}
		if strings.Contains(fmt.Sprint(debugged.header), demoToken) {
			t.Errorf("the debugged answer shows the credential: %v", debugged.header)
		}
		plain := edge.get(t, somePost)
		if plain.cache.key != "" {
			t.Errorf("Cache-Status shows the key unasked: %v", plain)
		}
		for _, name := range []string{"Surrogate-Key", "Cache-Tag", "Xkey", "Surrogate-Control"} {
			if value := plain.header.Get(name); value != "" {
				t.Errorf("%s leaves the edge: %s", name, value)
			}
		}
	}
}

func TestNoHeaderFieldLeaksIntoTheNextResponse(t *testing.T) {
	edge, _ := begin(t)
	whole := edge.get(t, somePost).wantFetched(t)
	for range rounds {
		edge.get(t, somePost, with("Range", "bytes=0-4,10-14"))
		edge.get(t, somePost, with("If-None-Match", whole.header.Get("Etag")))
		got := edge.get(t, somePost).wantHit(t)
		for _, name := range []string{"Content-Type", "Content-Length", "Etag", "Vary"} {
			if fmt.Sprint(got.header.Values(name)) != fmt.Sprint(whole.header.Values(name)) {
				t.Errorf("%s is %v, was %v", name, got.header.Values(name), whole.header.Values(name))
			}
		}
		if got.header.Get("Content-Range") != "" || got.cache.members != 1 {
			t.Errorf("the answer has traces of the ones before: %v", got.header)
		}
	}
}

func TestTheAllowedOriginIsTheOneThatTheRequestNames(t *testing.T) {
	edge, origin := beginScripted(t)
	origin.script("/things/a/", respond(thing("a", "good")))
	for range rounds {
		for _, c := range []struct {
			path, origin, allowed string
			status                int
		}{
			{"/things/a/", "https://shop.example", "https://shop.example", http.StatusOK},
			{"/things/a/", "", "", http.StatusOK},
			{"/things/a/", "https://blog.example", "https://blog.example", http.StatusOK},
			{"/things/a/", "https://evil.example", "", http.StatusOK},
			{"/no/such/route/", "https://blog.example", "https://blog.example", http.StatusNotFound},
			{"/no/such/route/", "https://evil.example", "", http.StatusNotFound},
		} {
			got := edge.get(t, c.path, with("Origin", c.origin))
			if got.status != c.status || got.header.Get("Access-Control-Allow-Origin") != c.allowed {
				t.Errorf("%s from %q: %d, allowed is %q, want %q", c.path, c.origin, got.status, got.header.Get("Access-Control-Allow-Origin"), c.allowed)
			}
			if !strings.Contains(strings.Join(got.header.Values("Vary"), ","), "Origin") {
				t.Errorf("%s from %q: Vary is %v", c.path, c.origin, got.header.Values("Vary"))
			}
		}
	}
	if n := len(origin.requests("/things/a/")); n != 1 {
		t.Errorf("the origin received %d requests, want one: all clients share the entry", n)
	}
}

func TestTenantsThatAlternateKeepTheirOwnContent(t *testing.T) {
	edge, origin := beginScripted(t)
	origin.script("/things/a/", func(w http.ResponseWriter, r *http.Request) {
		respond(thing("a", "of "+r.URL.Query().Get("auth_token")))(w, r)
	})
	for round := range rounds {
		for _, token := range []string{"one", "two", "three"} {
			got := edge.get(t, "/things/a/", as(token))
			if want := thing("a", "of "+token); string(got.body) != want {
				t.Errorf("round %d: %s got %s", round, token, got.body)
			}
		}
	}
	if n := len(origin.requests("/things/a/")); n != 3 {
		t.Errorf("the origin received %d requests, want one for each tenant", n)
	}
}
