package handlers

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"larder/origin"
)

func TestACopyIsSavedOnceTheClientHasItsAnswer(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.says(200, before)
	if got, want := v.events("/posts/tea/", before), []string{"answered", "insert"}; !slices.Equal(got, want) {
		t.Errorf("the order is %v, not %v", got, want)
	}
}

func TestACopyIsConfirmedOnceTheClientHasItsAnswer(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.fill("/posts/tea/", before)
	v.pass(20 * time.Second)
	if got, want := v.events("/posts/tea/", before), []string{"answered", "insert"}; !slices.Equal(got, want) {
		t.Errorf("the order is %v, not %v", got, want)
	}
}

func TestAnAnswerThatCouldNotBeServedLaterIsNotSaved(t *testing.T) {
	for name, answer := range map[string]struct {
		status int
		body   string
		line   string
	}{
		"an answer that may not be stale":  {200, before, "Cache-Control: must-revalidate"},
		"an answer that may not be stored": {200, before, "Cache-Control: no-store"},
		"an answer for one client":         {200, before, "Cache-Control: private"},
		"a missing item":                   {404, `{"detail":"no"}`, "X: y"},
		"a refusal":                        {403, `{"detail":"no"}`, "X: y"},
		"a failure":                        {500, "oops", "X: y"},
		"a body too large to tag":          {200, `{"data":"` + strings.Repeat("x", 2000) + `"}`, "X: y"},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVaulted(t, testConfig, `"max_body": "1KiB"`)
			v.says(answer.status, answer.body, answer.line)
			v.get("/posts/tea/")
			v.wantCalls("insert", 0)
		})
	}
}

func TestTheVaultSavesTheWholeAnswerWithoutOneClientsFields(t *testing.T) {
	tests := []struct {
		name    string
		answer  []string
		request string
	}{
		{"a field for one client", []string{`Cache-Control: private="X-Account"`, "X-Account: alice"}, "Accept: */*"},
		{"a part", nil, "Range: bytes=0-1"},
		{"several parts", nil, "Range: bytes=0-1,4-5"},
		{"the debug header", nil, "Larder-Debug: 1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := newVaulted(t, testConfig, "")
			v.says(200, before, test.answer...)
			v.get("/posts/tea/", test.request)
			v.cold()
			v.fails(errRefused)
			r := v.get("/posts/tea/")
			r.want(200, before, anything)
			r.wantHeader("Content-Type", "application/json")
			r.wantNo("X-Account", "Content-Range", "Surrogate-Key")
		})
	}
}

func TestABodyIsNotReadForAVaultThatWouldNotSaveIt(t *testing.T) {
	v := newVaulted(t, testConfig, `"max_body": "1KiB"`)
	counted := &readings{Cache: v.spy}
	v.useCache(counted)
	large := strings.Repeat("x", 4096)
	v.says(200, large, "Content-Length: 4096", `Etag: "v1"`)
	v.get("/files/large").want(200, large, anything)
	v.purge(`"keys":["file:large"]`)
	v.says(304, "", `Etag: "v1"`)
	counted.n = 0
	v.request(http.MethodHead, "/files/large", "").want(200, "", anything)
	if counted.n != 1 { // into the new entry
		t.Errorf("the body is read %d times", counted.n)
	}
}

func TestASlowClientDoesNotReplaceANewerCopy(t *testing.T) {
	old := map[string]func(v *vaulted){
		"with an older one":     func(v *vaulted) { v.says(200, before) },
		"with the word of none": func(v *vaulted) { v.says(404, `{"detail":"no"}`) },
	}
	for name, says := range old {
		t.Run(name, func(t *testing.T) {
			v := newVaulted(t, testConfig, "")
			says(v)
			v.slowly("GET", "/posts/tea/", func() {
				v.pass(5 * time.Second)
				v.purge(`"keys":["post:tea"]`)
				v.pass(5 * time.Second)
				v.says(200, after)
				v.get("/posts/tea/").want(200, after, anything)
				v.pass(70 * time.Second)
			})
			v.cold()
			v.fails(errRefused)
			v.get("/posts/tea/").wantCopy(after, "vault")
		})
	}
}

func TestAFetchDuringAPurgeOfAnotherItemIsSaved(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.does(func(*origin.Request) (*origin.Response, error) {
		resp := v.response(200, before)
		v.pass(time.Second)
		v.purge(`"keys":["post:milk"]`)
		return resp, nil
	})
	v.get("/posts/tea/").want(200, before, anything)
	v.cold()
	v.fails(errRefused)
	v.get("/posts/tea/").wantCopy(before, "vault")
}

// The newer answer may not be served any more either.
func TestAnAnswerThatForbidsStaleLeavesNoOlderCopy(t *testing.T) {
	for _, pop := range []string{"warm", "cold"} {
		t.Run(pop, func(t *testing.T) {
			v := newVaulted(t, testConfig, "")
			v.fill("/posts/tea/", before)
			v.pass(2 * time.Hour)
			v.says(200, after, "Cache-Control: must-revalidate")
			v.get("/posts/tea/").want(200, after, anything)
			v.pass(2 * time.Hour)
			if pop == "cold" {
				v.cold()
			}
			v.fails(errRefused)
			v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
		})
	}
}

// The raced answer may not be stale, but that is no word of the origin's.
func TestAFetchRacedByAHardPurgeOfAnotherItemLeavesTheOlderCopy(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.fill("/posts/tea/", before)
	v.pass(time.Minute)
	v.cold()
	v.does(func(*origin.Request) (*origin.Response, error) {
		v.purge(`"keys":["post:milk"],"soft":false`)
		return v.response(200, after), nil
	})
	v.get("/posts/tea/").want(200, after, anything)
	v.cold()
	v.fails(errRefused)
	v.get("/posts/tea/").wantCopy(before, "vault")
}

func TestTheNextAnswerAfterARacedOneIsSavedAgain(t *testing.T) {
	v := newVaulted(t, testConfig, `"superseded": false`)
	v.does(func(*origin.Request) (*origin.Response, error) {
		v.purge(`"keys":["author:ada"]`)
		return v.response(200, before), nil
	})
	v.get("/posts/tea/").want(200, before, anything)
	v.pass(30 * time.Second)
	v.says(200, before)
	v.get("/posts/tea/").want(200, before, anything)
	v.cold()
	v.fails(errRefused)
	v.get("/posts/tea/").wantCopy(before, "vault")
}
