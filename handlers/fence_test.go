package handlers

import (
	"strings"
	"testing"
	"time"

	"larder/origin"
	"larder/resource"
)

// duringFetch makes the origin give the old content to its next request,
// after running f, and the new content from then on.
func (e *edge) duringFetch(f func()) {
	e.does(func(*origin.Request) (*origin.Response, error) {
		e.says(200, after)
		f()
		return e.response(200, before), nil
	})
}

func TestAPurgeDuringAFetchIsNotUndone(t *testing.T) {
	purges := map[string]string{
		"soft, by its own key":              `"keys":["post:tea"]`,
		"hard, by its own key":              `"keys":["post:tea"],"soft":false`,
		"by a key that only its body gives": `"keys":["author:ada"]`,
		"of everything":                     `"all":true`,
	}
	states := map[string]func(e *edge){
		"of a missing entry": func(*edge) {},
		"of a purged entry": func(e *edge) {
			e.fill("/posts/tea/", before)
			e.purge(`"keys":["post:tea"]`)
		},
		"of an entry stale by age": func(e *edge) {
			e.fill("/posts/tea/", before)
			e.pass(2 * time.Hour)
		},
		"behind an answer": func(e *edge) {
			e.fill("/posts/tea/", before)
			e.pass(time.Hour + 30*time.Second)
		},
	}
	for purgeName, members := range purges {
		for stateName, prepare := range states {
			t.Run(purgeName+", during a fetch "+stateName, func(t *testing.T) {
				e := newEdge(t)
				prepare(e)
				e.duringFetch(func() { e.purge(members) })
				e.get("/posts/tea/").want(200, before, "")
				e.wantAsked(1)
				e.get("/posts/tea/").want(200, after, "")
				e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
				e.wantAsked(1)
			})
		}
	}
}

// Between the insertion and the check of the lease others can see the entry.
func TestAReaderBetweenInsertionAndCheckSeesThePurge(t *testing.T) {
	e := newEdge(t)
	var between reply
	e.duringFetch(func() {
		e.purge(`"keys":["author:ada"]`)
		e.spy.onLookup(resource.KeyVersion+"\nlease\n", func() { between = e.get("/posts/tea/") })
	})
	e.get("/posts/tea/").want(200, before, "")
	between.want(200, after, "")
	e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
	e.wantAsked(2)
}

func TestAPurgeBetweenInsertionAndCheckIsSeen(t *testing.T) {
	e := newEdge(t)
	e.duringFetch(func() {
		e.spy.onLookup(resource.KeyVersion+"\nlease\n", func() { e.purge(`"keys":["author:ada"]`) })
	})
	e.get("/posts/tea/").want(200, before, "")
	e.get("/posts/tea/").want(200, after, "")
	e.wantAsked(2)
}

func TestAPurgeDuringAValidationIsNotUndone(t *testing.T) {
	e := newEdge(t)
	e.says(200, before, `Etag: "v1"`)
	e.get("/posts/tea/")
	e.purge(`"keys":["post:tea"]`)
	e.wantAsked(1)
	e.does(func(*origin.Request) (*origin.Response, error) {
		e.says(200, after, `Etag: "v2"`)
		e.purge(`"keys":["post:tea"]`)
		return e.response(304, ""), nil
	})
	e.get("/posts/tea/").want(200, before, "")
	e.get("/posts/tea/").want(200, after, "")
	e.wantAsked(2)
}

// A purge of one URL's content must not cost the fetches of all others.
func TestAPurgeOfAnotherTenantDoesNotEndALease(t *testing.T) {
	e := newEdgeWith(t, tenantsConfig)
	e.duringFetch(func() { e.purge(`"keys":["post:tea"],"credentials":["second"]`) })
	e.get("/posts/tea/?auth_token=first").want(200, before, "")
	e.get("/posts/tea/?auth_token=first").want(200, before, "Larder; hit; ttl=3600")
	e.wantAsked(1)
}

func TestAPurgeOfEveryonesContentEndsATenantsLease(t *testing.T) {
	e := newEdgeWith(t, tenantsConfig)
	e.duringFetch(func() { e.purge(`"all":true`) })
	e.get("/posts/tea/?auth_token=first").want(200, before, "")
	e.get("/posts/tea/?auth_token=first").want(200, after, "")
	e.wantAsked(2)
}

// With a purge in every fetch, every request still ends, with what the origin
// said after the request began.
func TestUnderConstantPurgingEveryRequestIsAnswered(t *testing.T) {
	e := newEdge(t)
	version := 0
	e.does(func(*origin.Request) (*origin.Response, error) {
		version++
		body := `{"data":{"slug":"tea","title":"` + strings.Repeat("x", version) + `"}}`
		e.purge(`"keys":["post:tea"]`)
		return e.response(200, body), nil
	})
	for i := range 5 {
		began := version
		r := e.get("/posts/tea/")
		r.want(200, "", "")
		if got := strings.Count(r.body, "x"); got <= began {
			t.Errorf("request %d gets version %d, though version %d was purged before it began", i, got, began)
		}
	}
}
