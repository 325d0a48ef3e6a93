package handlers

import (
	"testing"
	"time"

	"larder/origin"
)

// fill asks for a URI once, so that it is kept.
func (e *edge) fill(uri, body string, lines ...string) {
	e.t.Helper()
	e.says(200, body)
	e.get(uri, lines...).want(200, body, "")
	e.wantAsked(1)
}

func TestAPurgedEntryIsRevalidatedBeforeItAnswers(t *testing.T) {
	for name, members := range map[string]string{
		"by the key of its path":    `"keys":["post:tea"]`,
		"by the key of an item":     `"keys":["author:ada"]`,
		"by Fastly's word for keys": `"surrogate_keys":["post:tea"]`,
		"with everything":           `"all":true`,
		"hard":                      `"keys":["post:tea"],"soft":false`,
		"among other keys":          `"keys":["post:milk","author:ada","post:water"]`,
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.fill("/posts/tea/", before)
			e.purge(members)
			e.says(200, after)
			e.get("/posts/tea/").want(200, after, "")
			e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
			e.wantAsked(1)
		})
	}
}

func TestAPurgeLeavesOthersAlone(t *testing.T) {
	e := newEdge(t)
	e.fill("/posts/tea/", before)
	e.fill("/posts/milk/", `{"data":{"slug":"milk"}}`)
	e.purge(`"keys":["post:milk","author:noor"]`)
	e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
	e.wantAsked(0)
}

func TestAnItemRefreshesTheListsItIsIn(t *testing.T) {
	e := newEdge(t)
	e.fill("/posts/?page=1", `{"data":[{"slug":"tea"},{"slug":"milk"}]}`)
	e.fill("/posts/?page=2", `{"data":[{"slug":"bread"}]}`)
	e.purge(`"keys":["post:tea"]`)
	e.says(200, `{"data":[{"slug":"tea"}]}`)
	e.get("/posts/").want(200, `{"data":[{"slug":"tea"}]}`, "")
	e.get("/posts/?page=2").want(200, `{"data":[{"slug":"bread"}]}`, "Larder; hit; ttl=3600")
	e.wantAsked(1)
}

func TestAPurgedEntryThatIsStillCurrentIsValidated(t *testing.T) {
	e := newEdge(t)
	e.says(200, before, `Etag: "v1"`)
	e.get("/posts/tea/")
	e.wantAsked(1)
	e.purge(`"keys":["post:tea"]`)
	e.says(304, "", `Etag: "v1"`)
	r := e.get("/posts/tea/")
	r.want(200, before, "Larder; fwd=stale; fwd-status=304; stored")
	if got := e.lastAsked().Header.Get("If-None-Match"); got != `"v1"` {
		t.Errorf("the origin is asked with If-None-Match %q", got)
	}
	e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
	e.wantAsked(1)
	// The validated entry keeps its keys.
	e.purge(`"keys":["author:ada"]`)
	e.says(200, after)
	e.get("/posts/tea/").want(200, after, "")
	e.wantAsked(1)
}

func TestWhatIsGoneFromTheOriginIsGoneFromTheEdge(t *testing.T) {
	for _, status := range []int{404, 410} {
		e := newEdge(t)
		e.fill("/posts/tea/", before)
		e.purge(`"keys":["post:tea"]`)
		e.says(status, `{"detail":"gone"}`)
		e.get("/posts/tea/").want(status, `{"detail":"gone"}`, "")
		e.pass(31 * time.Second)
		e.fails(errRefused)
		if r := e.get("/posts/tea/"); r.status == 200 {
			t.Errorf("after %d the old content is back: %q", status, r.body)
		}
	}
}

func TestARefusalDoesNotTakeContentAway(t *testing.T) {
	e := newEdge(t)
	e.fill("/posts/tea/", before)
	e.purge(`"keys":["post:tea"]`)
	e.says(403, `{"detail":"no"}`)
	e.get("/posts/tea/").want(403, `{"detail":"no"}`, "")
	e.pass(landedTime)
	e.fails(errRefused)
	e.get("/posts/tea/").want(200, before, "")
}

func TestAHardPurgeLeavesNothingForAnOutage(t *testing.T) {
	e := newEdge(t)
	e.fill("/posts/tea/", before)
	e.purge(`"keys":["post:tea"],"soft":false`)
	e.fails(errRefused)
	e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
}

func TestTenants(t *testing.T) {
	type request struct {
		uri  string
		line string
	}
	requests := map[string]request{
		"the first token":           {"/posts/tea/?auth_token=first-secret", "X: y"},
		"the second token":          {"/posts/tea/?auth_token=second-secret", "X: y"},
		"a token in the header":     {"/posts/tea/", "Authorization: Token third-secret"},
		"nobody":                    {"/posts/tea/", "X: y"},
		"an empty token":            {"/posts/tea/?auth_token=", "X: y"},
		"a query before the header": {"/posts/tea/?auth_token=first-secret", "Authorization: Token third-secret"},
	}
	own := map[string]string{"a query before the header": "the first token", "an empty token": "nobody"}
	e := newEdgeWith(t, tenantsConfig)
	e.does(func(r *origin.Request) (*origin.Response, error) {
		return e.response(200, `{"data":{"slug":"`+r.Query+" "+r.Header.Get("Authorization")+`"}}`), nil
	})
	bodies := map[string]string{}
	for _, name := range []string{"the first token", "the second token", "a token in the header", "nobody"} {
		r := e.get(requests[name].uri, requests[name].line)
		r.want(200, "", "Larder; fwd=uri-miss; fwd-status=200; stored")
		bodies[name] = r.body
	}
	if want := `{"data":{"slug":" Token third-secret"}}`; bodies["a token in the header"] != want {
		t.Errorf("the origin gets %q", bodies["a token in the header"])
	}
	if want := `{"data":{"slug":"auth_token=first-secret "}}`; bodies["the first token"] != want {
		t.Errorf("the origin gets %q", bodies["the first token"])
	}
	e.wantAsked(4)
	for name, request := range requests {
		t.Run(name, func(t *testing.T) {
			want := bodies[name]
			if other, ok := own[name]; ok {
				want = bodies[other]
			}
			e.get(request.uri, request.line).want(200, want, "Larder; hit; ttl=3600")
		})
	}
	e.wantAsked(0)
}

func TestOneTenantsPurgeLeavesTheOthersAlone(t *testing.T) {
	for _, soft := range []string{"true", "false"} {
		for _, what := range []string{`"keys":["post:tea"]`, `"all":true`} {
			t.Run(what+" soft "+soft, func(t *testing.T) {
				e := newEdgeWith(t, tenantsConfig)
				e.fill("/posts/tea/?auth_token=first", before)
				e.fill("/posts/tea/?auth_token=second", before)
				e.purge(what + `,"credentials":["first"],"soft":` + soft)
				e.says(200, after)
				e.get("/posts/tea/?auth_token=second").want(200, before, "Larder; hit; ttl=3600")
				e.get("/posts/tea/?auth_token=first").want(200, after, "")
				e.wantAsked(1)
			})
		}
	}
}

func TestATenantsCredentialIsNowhereInTheAnswer(t *testing.T) {
	e := newEdgeWith(t, tenantsConfig)
	e.says(200, before)
	for _, line := range []string{"Larder-Debug: 1", "X: y"} {
		r := e.get("/posts/tea/?auth_token=very-secret", line)
		for name, values := range r.header {
			for _, value := range values {
				if containsFold(value, "secret") {
					t.Errorf("%s is %q", name, value)
				}
			}
		}
	}
	for _, line := range e.logged {
		if containsFold(line, "secret") {
			t.Errorf("the log has %q", line)
		}
	}
}

func TestATenantInAHeaderGetsAPrivateAnswer(t *testing.T) {
	e := newEdgeWith(t, tenantsConfig)
	e.says(200, before)
	e.get("/posts/tea/", "Authorization: Token a").wantHeader("Cache-Control", "private, max-age=0, must-revalidate")
	e.get("/posts/tea/?auth_token=a").wantHeader("Cache-Control", "public, max-age=0, must-revalidate")
}

// Their keys have no prefix, and could be written as those of everybody.
func TestAPurgeOfAnonymousContentNamesNobodyElses(t *testing.T) {
	for _, key := range []string{"larder-all", "larder-lease"} {
		for _, members := range []string{`"keys":["` + key + `"]`, `"keys":["posts"],"hard":["` + key + `"]`} {
			e := newEdgeWith(t, tenantsConfig)
			e.fill("/posts/tea/?auth_token=first", before)
			r := e.request("POST", "/_larder/purge", `{"anonymous":true,`+members+`}`, "Authorization: Bearer operator")
			r.wantProblem(400, "bad-purge")
			e.get("/posts/tea/?auth_token=first").want(200, before, "Larder; hit; ttl=3600")
		}
		e := newEdgeWith(t, tenantsConfig)
		e.fill("/posts/tea/?auth_token=first", before)
		e.says(204, "", `Cache-Group-Invalidation: "`+key+`"`)
		e.request("POST", "/posts/", "{}").want(204, "", "")
		e.get("/posts/tea/?auth_token=first").want(200, before, "Larder; hit; ttl=3600")
	}
}
