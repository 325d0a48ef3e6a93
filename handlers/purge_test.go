package handlers

import "testing"

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
			e.get("/posts/tea/").want(200, after, anything)
			e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
			e.wantAsked(1)
		})
	}
}

func TestAPurgeLeavesOtherItemsAlone(t *testing.T) {
	e := newEdge(t)
	e.fill("/posts/tea/", before)
	e.fill("/posts/milk/", `{"data":{"slug":"milk"}}`)
	e.purge(`"keys":["post:milk","author:noor"]`)
	e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
	e.wantAsked(0)
}

func TestAPurgeOfAnItemReachesTheListsThatShowIt(t *testing.T) {
	e := newEdge(t)
	e.fill("/posts/?page=1", `{"data":[{"slug":"tea"},{"slug":"milk"}]}`)
	e.fill("/posts/?page=2", `{"data":[{"slug":"bread"}]}`)
	e.purge(`"keys":["post:tea"]`)
	e.says(200, `{"data":[{"slug":"tea"}]}`)
	e.pass(landingTime)
	e.get("/posts/").want(200, `{"data":[{"slug":"tea"}]}`, anything)
	e.get("/posts/?page=2").want(200, `{"data":[{"slug":"bread"}]}`, "Larder; hit; ttl=3599")
	e.wantAsked(1)
}

func TestAHardPurgeLeavesNothingForAnOutage(t *testing.T) {
	e := newEdge(t)
	e.fill("/posts/tea/", before)
	e.purge(`"keys":["post:tea"],"soft":false`)
	e.fails(errRefused)
	e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
}
