package handlers

import "testing"

// Connection takes fields out of the request that the origin gets. If they
// still chose a variant here, anybody could store under one language what the
// origin says without any.
func TestFieldsThatConnectionNamesChooseNoVariant(t *testing.T) {
	for _, name := range []string{"Accept-Language", "X-Mode"} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.variants(name, "Vary: "+name)
			e.get("/open/a", "Connection: close, "+name, name+": de").want(200, "for ", "")
			e.get("/open/a", name+": de").want(200, "for de", "Larder; fwd=uri-miss; fwd-status=200; stored")
			e.get("/open/a").want(200, "for ", "Larder; hit; ttl=60")
		})
	}
}

func TestFieldsForOneConnectionChooseNoVariant(t *testing.T) {
	e := newEdge(t)
	e.variants("Te", "Vary: TE")
	e.get("/open/a", "TE: trailers").want(200, "for ", "")
	e.get("/open/a", "TE: gzip").want(200, "for ", "Larder; hit; ttl=60")
}

// What is said to this cache alone is not the origin's answer's business.
func TestACredentialThatConnectionNamesReachesNobody(t *testing.T) {
	e := newEdge(t)
	e.variants("Authorization")
	e.get("/open/a", "Connection: authorization", "Authorization: Bearer ada").want(200, "for ", "")
	e.get("/open/a").want(200, "for ", "Larder; hit; ttl=60")
}

func TestConnectionDoesNotHideALoop(t *testing.T) {
	e := newEdge(t)
	e.says(200, "text", aMinute)
	e.get("/open/a", "Connection: cdn-loop", "CDN-Loop: other").want(200, "text", "")
	if got := e.lastAsked().Header["Cdn-Loop"]; len(got) != 2 || got[0] != "other" {
		t.Errorf("CDN-Loop is %q", got)
	}
}
