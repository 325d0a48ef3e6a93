package e2e

import (
	"net/http"
	"testing"
)

func TestIgnoredParametersNeitherMakeAnEntryNorReachTheOrigin(t *testing.T) {
	for _, c := range []struct{ name, path, query, more string }{
		{"on a route with listed parameters", "/things/", "tag=a", "utm_source=mail&tag=a&%75tm_id=1"},
		{"on a route that follows the origin", "/raw/tea/", "b=%7e&a=1", "cb=1&b=%7e&utm_source=mail&a=1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			edge, origin := beginScripted(t)
			origin.script(c.path, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Cache-Control", "max-age=60")
				respond(thing("tea", "Tea."))(w, r)
			})
			edge.get(t, c.path+"?"+c.more).wantFetched(t)
			edge.get(t, c.path+"?"+c.query).wantHit(t)
			asked := origin.requests(c.path)
			if want := c.query + "&auth_token=" + demoToken; len(asked) != 1 || asked[0].URL.RawQuery != want {
				t.Errorf("the origin received %v, want one request with %s", asked, want)
			}
		})
	}
}

func TestAnUnlistedParameterPassesTheRequestThrough(t *testing.T) {
	edge, origin := beginScripted(t)
	origin.script("/extensible/tea/", func(w http.ResponseWriter, r *http.Request) {
		respond(thing("tea", r.URL.Query().Get("lang")))(w, r)
	})
	const path = "/extensible/tea/?page=2"
	edge.get(t, path).wantFetched(t)
	for _, lang := range []string{"de", "fr"} {
		for range 2 {
			got := edge.get(t, path+"&lang="+lang)
			if string(got.body) != thing("tea", lang) || got.cache.fwd != "bypass" || got.cache.detail != "unlisted-parameter" {
				t.Errorf("want the origin's answer in %s; got %v", lang, got)
			}
		}
	}
	edge.get(t, path+"&utm_source=mail").wantHit(t)
}

func TestAnUnlistedParameterIsRejected(t *testing.T) {
	edge, origin := beginScripted(t)
	origin.script("/strict/tea/", respond(thing("tea", "Tea.")))
	edge.get(t, "/strict/tea/?page=2").wantFetched(t)
	for _, name := range []string{http.MethodGet, http.MethodHead} {
		if got := edge.get(t, "/strict/tea/?page=2&lang=de", method(name)); got.status != http.StatusBadRequest {
			t.Errorf("%s: want a 400; got %v", name, got)
		}
	}
	edge.get(t, "/strict/tea/?page=2&lang=de").wantProblem(t, http.StatusBadRequest, "unlisted-parameter")
	if n := len(origin.requests("/strict/tea/")); n != 1 {
		t.Errorf("the origin received %d requests", n)
	}
}

func TestTheDebugHeaderShowsWhatWasDropped(t *testing.T) {
	edge, origin := beginScripted(t)
	origin.script("/things/", respond(thing("tea", "Tea.")))
	for range 2 {
		got := edge.get(t, "/things/?l%61ng=de&tag=a&utm_source=mail&x[]=1", with("Larder-Debug", "1"))
		if dropped := got.header.Get("Larder-Dropped"); got.status != http.StatusOK || dropped != "lang, utm_source, x%5B%5D" {
			t.Errorf("Larder-Dropped is %q; got %v", dropped, got)
		}
	}
}

func TestABypassHeaderPassesTheRequestThrough(t *testing.T) {
	edge, origin := beginScripted(t)
	origin.script("/extensible/tea/", func(w http.ResponseWriter, r *http.Request) {
		respond(thing("tea", r.Header.Get("X-Preview")))(w, r)
	})
	const path = "/extensible/tea/"
	edge.get(t, path).wantFetched(t)
	for _, draft := range []string{"one", "two"} {
		got := edge.get(t, path, with("X-Preview", draft))
		if string(got.body) != thing("tea", draft) || got.cache.fwd != "bypass" || got.cache.stored {
			t.Errorf("want the draft %s, not stored; got %v", draft, got)
		}
	}
	if got := edge.get(t, path).wantHit(t); string(got.body) != thing("tea", "") {
		t.Errorf("a draft was stored: %v", got)
	}
}
