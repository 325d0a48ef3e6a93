package handlers

import "testing"

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
				e.get("/posts/tea/?auth_token=first").want(200, after, anything)
				e.wantAsked(1)
			})
		}
	}
}

// Anonymous keys have no prefix, so a purge could name the service's own keys.
func TestAPurgeOfAnonymousContentCannotNameSharedKeys(t *testing.T) {
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
		e.request("POST", "/posts/", "{}").want(204, "", anything)
		e.get("/posts/tea/?auth_token=first").want(200, before, "Larder; hit; ttl=3600")
	}
}

func TestAPurgeOfAnotherTenantDoesNotEndALease(t *testing.T) {
	e := newEdgeWith(t, tenantsConfig)
	e.duringFetch(func() { e.purge(`"keys":["post:tea"],"credentials":["second"]`) })
	e.get("/posts/tea/?auth_token=first").want(200, before, anything)
	e.get("/posts/tea/?auth_token=first").want(200, before, "Larder; hit; ttl=3600")
	e.wantAsked(1)
}

func TestAPurgeOfEveryonesContentEndsATenantsLease(t *testing.T) {
	e := newEdgeWith(t, tenantsConfig)
	e.duringFetch(func() { e.purge(`"all":true`) })
	e.get("/posts/tea/?auth_token=first").want(200, before, anything)
	e.get("/posts/tea/?auth_token=first").want(200, after, anything)
	e.wantAsked(2)
}
