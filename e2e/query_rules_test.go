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
