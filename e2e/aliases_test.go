package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// foldingThing answers as an origin does that ignores the case of a slug, and
// parameters behind a semicolon.
func foldingThing(w http.ResponseWriter, r *http.Request) {
	slug, _, _ := strings.Cut(strings.Trim(strings.TrimPrefix(r.URL.EscapedPath(), "/things/"), "/"), ";")
	respond(thing(strings.ToLower(slug), "There."))(w, r)
}

func TestAPurgeOfAnItemReachesItsAliases(t *testing.T) {
	edge, origin := beginScripted(t)
	aliases := []string{"/things/home/", "/things/HOME/", "/things/home;x/", "/things/Home;x=1/"}
	for _, purge := range []string{`{"keys":["thing:home"],"soft":false}`, `{"keys":["thing:home"]}`} {
		for _, path := range aliases {
			origin.script(path, foldingThing)
			edge.get(t, path)
			edge.get(t, path).wantHit(t)
		}
		if got := edge.purge(t, purge); got.status != http.StatusOK {
			t.Fatal(got)
		}
		for _, path := range aliases {
			origin.script(path, http.NotFound)
			if got := edge.get(t, path); got.status != http.StatusNotFound {
				t.Errorf("after %s, %s still answers: %v", purge, path, got)
			}
		}
		edge.purge(t, `{"all":true,"soft":false}`)
	}
}

func TestPathsThatCouldMeanAnotherAreRefused(t *testing.T) {
	edge, origin := beginScripted(t)
	for _, path := range []string{
		"/things%2Fhome/", "/things/home%2F", "/things/..%2F..%2Fadmin", "/things/home%5C", `/things/home\`, "/things/..;/admin/",
		"/things/home%20/", "/things/home./", "/things/%252e%252e/", "/things/home%252F/",
	} {
		edge.raw(t, "GET "+path+" HTTP/1.1\r\nHost: edge.example\r\nConnection: close\r\n\r\n").wantProblem(t, http.StatusBadRequest, "bad-path")
	}
	for _, path := range []string{"//things/home/", "/things//home/", "/things/home//"} {
		edge.raw(t, "GET "+path+" HTTP/1.1\r\nHost: edge.example\r\nConnection: close\r\n\r\n").wantProblem(t, http.StatusNotFound, "no-route")
	}
	if n := origin.requestCount(); n != 0 {
		t.Errorf("the origin received %d requests", n)
	}
}
