package handlers

import "testing"

func TestADebuggedAnswerListsTheParametersThatDoNotCount(t *testing.T) {
	const uri = "/posts/?lang=de&tag=a&utm_source=mail"
	e := newEdge(t)
	e.says(200, before, "Larder-Dropped: the origin's")
	for _, request := range []string{"a miss", "a hit"} {
		if got := e.get(uri, "Larder-Debug: 1").header.Get("Larder-Dropped"); got != "lang, utm_source" {
			t.Errorf("%s: got %q", request, got)
		}
	}
	r := e.request("HEAD", uri, "", "Larder-Debug: 1")
	r.wantHeader("Larder-Dropped", "lang, utm_source")
	e.get(uri).wantNo("Larder-Dropped")
	e.pass(rememberedTime)
	e.fails(errRefused)
	r = e.get("/posts/?lang=de&tag=b", "Larder-Debug: 1")
	r.wantProblem(503, "origin-unavailable")
	r.wantHeader("Larder-Dropped", "lang")
}

// A request that passes through loses nothing.
func TestAPassedAnswerListsNoParameters(t *testing.T) {
	e := newEdge(t)
	e.says(200, before)
	e.get("/posts/?lang=de&preview=1", "Larder-Debug: 1").wantNo("Larder-Dropped")
}
