package handlers

import "testing"

// The origin does not get the fields that Connection names. If they chose a
// variant all the same, any client could store the answer without a language
// under one.
func TestFieldsThatConnectionNamesChooseNoVariant(t *testing.T) {
	for _, name := range []string{"Accept-Language", "X-Mode"} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.variants(name, "Vary: "+name)
			e.get("/open/a", "Connection: close, "+name, name+": de").want(200, "for ", anything)
			e.pass(landingTime)
			e.get("/open/a", name+": de").want(200, "for de", "Larder; fwd=uri-miss; fwd-status=200; stored")
			e.get("/open/a").want(200, "for ", "Larder; hit; ttl=59")
		})
	}
}

func TestFieldsForOneConnectionChooseNoVariant(t *testing.T) {
	e := newEdge(t)
	e.variants("Te", "Vary: TE")
	e.get("/open/a", "TE: trailers").want(200, "for ", anything)
	e.get("/open/a", "TE: gzip").want(200, "for ", "Larder; hit; ttl=60")
}

// The origin does not see the credential, so its answer is the same for all.
func TestACredentialThatConnectionNamesIsNotForwarded(t *testing.T) {
	e := newEdge(t)
	e.variants("Authorization")
	e.get("/open/a", "Connection: authorization", "Authorization: Bearer ada").want(200, "for ", anything)
	e.get("/open/a").want(200, "for ", "Larder; hit; ttl=60")
}

func TestConnectionDoesNotHideALoop(t *testing.T) {
	for _, uri := range []string{"/open/a", "/posts/tea/?preview=1"} {
		e := newEdge(t)
		e.get(uri, "Connection: cdn-loop", "CDN-Loop: Larder-id1").wantProblem(508, "loop")
		e.wantAsked(0)
	}
}
