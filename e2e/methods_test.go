package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const somePost = "/v2/posts/quince-patience/"

func TestHEADIsAnsweredFromTheEntryOfGET(t *testing.T) {
	edge, origin := begin(t)
	cold := edge.get(t, somePost, method(http.MethodHead))
	if cold.status != http.StatusOK || len(cold.body) > 0 || !cold.cache.stored {
		t.Errorf("a cold HEAD stores nothing: %v", cold)
	}
	full := edge.get(t, somePost).wantHit(t)
	warm := edge.get(t, somePost, method(http.MethodHead)).wantHit(t)
	for _, name := range []string{"Content-Length", "Content-Type", "Etag", "Last-Modified"} {
		if warm.header.Get(name) != full.header.Get(name) {
			t.Errorf("%s is %q in HEAD and %q in GET", name, warm.header.Get(name), full.header.Get(name))
		}
	}
	if got := full.header.Get("Content-Length"); got != fmt.Sprint(len(full.body)) {
		t.Errorf("Content-Length is %s for %d bytes", got, len(full.body))
	}
	if got := origin.counts(t); got["GET "+somePost] != 1 || len(got) != 1 {
		t.Errorf("the origin received %v", got)
	}
}

func TestAPreflightIsAnsweredAtTheEdge(t *testing.T) {
	edge, origin := begin(t)
	got := edge.get(t, somePost, method(http.MethodOptions),
		with("Origin", "https://shop.example"),
		with("Access-Control-Request-Method", "GET"),
		with("Access-Control-Request-Headers", "x-butter-client"))
	if got.status != http.StatusNoContent || len(got.body) > 0 {
		t.Errorf("the preflight's answer is %d %v", got.status, got)
	}
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin":  "*",
		"Access-Control-Allow-Methods": "GET",
		"Access-Control-Allow-Headers": "X-Butter-Client",
		"Access-Control-Max-Age":       "86400",
	} {
		if !strings.Contains(got.header.Get(name), want) {
			t.Errorf("%s is %q, want it to have %q", name, got.header.Get(name), want)
		}
	}
	if counts := origin.counts(t); len(counts) > 0 {
		t.Errorf("the origin received %v", counts)
	}
}

func TestErrorsCarryCORSToo(t *testing.T) {
	edge, origin := begin(t)
	origin.fail(t, `{"status":503}`)
	for name, got := range map[string]answer{
		"an outage":            edge.get(t, somePost, with("Origin", "https://shop.example")),
		"a refused purge":      edge.get(t, "/_larder/purge", method(http.MethodPost), with("Origin", "https://shop.example")),
		"a bad path":           edge.get(t, "/v2/%2e%2e/", with("Origin", "https://shop.example")),
		"an unknown operation": edge.get(t, "/_larder/nothing", with("Origin", "https://shop.example")),
	} {
		if got.status < 400 || got.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %d, %v", name, got.status, got.header)
		}
	}
}

func TestPreviewsPassThroughAndAreNotStored(t *testing.T) {
	edge, origin := begin(t)
	for n := 1; n <= 2; n++ {
		got := edge.get(t, somePost+"?preview=1")
		if got.status != http.StatusOK || got.cache.fwd != "bypass" || got.cache.stored || got.header.Get("Age") != "" {
			t.Errorf("preview %d: %v", n, got)
		}
		if reads := origin.reads(t, somePost+"?preview=1"); reads != n {
			t.Errorf("after preview %d the origin had received %d requests", n, reads)
		}
	}
	edge.get(t, somePost).wantFetched(t)
}

func TestOtherMethodsPassThrough(t *testing.T) {
	edge, origin := begin(t)
	post := `{"title":"Posted","slug":"posted-through","status":"published"}`
	write := []option{with("Authorization", "Token "+demoWriter), with("Content-Type", "application/json")}
	created := edge.get(t, "/v2/posts/?wait=1", append(write, method(http.MethodPost), sending(post))...)
	if created.status != http.StatusCreated || created.cache.fwd != "method" || created.cache.stored {
		t.Fatalf("POST: %d %v", created.status, created)
	}
	edge.get(t, "/v2/posts/posted-through/").wantFetched(t)
	gone := edge.get(t, "/v2/posts/posted-through/?wait=1", append(write, method(http.MethodDelete))...)
	if gone.status != http.StatusNoContent || gone.cache.fwd != "method" {
		t.Errorf("DELETE: %d %v", gone.status, gone)
	}
	if got := edge.get(t, "/v2/posts/posted-through/"); got.status != http.StatusNotFound {
		t.Errorf("the deleted post still answers: %v", got)
	}
	if got := origin.counts(t); got["POST /v2/posts/?wait=1"] != 1 || got["DELETE /v2/posts/posted-through/?wait=1"] != 1 {
		t.Errorf("the origin received %v", got)
	}
}
