package handlers

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"
	"github.com/fastly/compute-sdk-go/fsttest"

	"larder/origin"
	"larder/vault"
	"larder/vault/kvmodel"
)

// slowly is a request whose client has its answer only after all of this.
func (v *vaulted) slowly(method, uri string, meanwhile func()) {
	v.t.Helper()
	r, err := fsthttp.NewRequest(method, "https://edge.example"+uri, io.NopCloser(strings.NewReader("")))
	if err != nil {
		v.t.Fatal(err)
	}
	v.app.ServeHTTP(context.Background(), recorder{fsttest.NewRecorder(), meanwhile}, r)
}

// hits are as many as it takes for one to ask the vault.
func (v *vaulted) hits(uri, body string) {
	v.t.Helper()
	for range confirmSample {
		v.pass(time.Millisecond)
		v.get(uri).want(200, body, "")
	}
}

// Until the cache is purged, a hit may confirm the old content as newer than
// the purge that the vault has recorded.
func TestADeletionHoldsHoweverLongTheVaultTakesToRecordIt(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.fill("/posts/tea/", before)
	v.pass(10 * time.Second)
	hit := false
	v.kv.Before = func(c kvmodel.Call) error {
		if strings.HasPrefix(c.Key, "purges/") && !hit {
			hit = true
			v.pass(20 * time.Second)
			v.hits("/posts/tea/", before)
		}
		return nil
	}
	v.purge(`"keys":["post:tea"],"soft":false`)
	if !hit {
		t.Fatal("nobody has asked meanwhile")
	}
	v.wantAsked(0)
	v.kv.Before = nil
	v.pass(time.Minute)
	v.fails(errRefused)
	v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
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
				v.get("/posts/tea/").want(200, after, "")
				v.pass(70 * time.Second)
			})
			v.cold()
			v.fails(errRefused)
			v.get("/posts/tea/").wantCopy(after, "vault")
		})
	}
}

func TestAFetchThatAPurgeOfSomethingElseOvertakesIsCopied(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.does(func(*origin.Request) (*origin.Response, error) {
		resp := v.response(200, before)
		v.pass(time.Second)
		v.purge(`"keys":["post:milk"]`)
		return resp, nil
	})
	v.get("/posts/tea/").want(200, before, "")
	v.cold()
	v.fails(errRefused)
	v.get("/posts/tea/").wantCopy(before, "vault")
}

func TestADeletionThatTheStoreRefusesIsNotedLater(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.fill("/posts/tea/", before)
	v.pass(time.Minute)
	v.says(204, "")
	began, answered := v.clock(), time.Duration(0)
	v.kv.Before = func(kvmodel.Call) error {
		v.pass(100 * time.Millisecond)
		if v.clock().Sub(began) < 20*time.Second {
			return vault.ErrBusy
		}
		return nil
	}
	v.slowly("DELETE", "/posts/tea/", func() { answered = v.clock().Sub(began) })
	if answered == 0 || answered > time.Second {
		t.Errorf("the client had its answer after %v", answered)
	}
	v.kv.Before = nil
	v.pass(time.Hour)
	v.fails(errRefused)
	v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
}

// The newer answer may not be given any more either.
func TestAnAnswerThatForbidsStaleLeavesNoOlderCopy(t *testing.T) {
	for _, place := range []string{"warm", "cold"} {
		t.Run(place, func(t *testing.T) {
			v := newVaulted(t, testConfig, "")
			v.fill("/posts/tea/", before)
			v.pass(2 * time.Hour)
			v.says(200, after, "Cache-Control: must-revalidate")
			v.get("/posts/tea/").want(200, after, "")
			v.pass(2 * time.Hour)
			if place == "cold" {
				v.cold()
			}
			v.fails(errRefused)
			v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
		})
	}
}

func TestAnOutageAsksTheVaultOnceASecondForWhatItHasNot(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.fails(errRefused)
	asked := func() int {
		v.kv.Calls()
		for range 20 {
			v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
		}
		return len(v.kv.Calls())
	}
	if n := asked(); n != 1 {
		t.Errorf("%d calls of the store for 20 requests", n)
	}
	v.pass(2 * time.Second)
	if n := asked(); n != 1 {
		t.Errorf("%d calls of the store two seconds later", n)
	}
}

// The copy is from before.
func TestAnOperatorWhoForbidsStaleGetsNoCopy(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.fill("/posts/tea/", before)
	now := newVaulted(t, strings.Replace(testConfig, `"stale_if_error": "1d"`, `"stale_if_error": "0s"`, 1), "")
	now.app.vault = vault.New(now.app.config.Vault, v.kv, now.spy, vault.Clock{Now: now.clock, Sleep: now.pass})
	now.fails(errRefused)
	now.get("/posts/tea/").wantProblem(503, "origin-unavailable")
}
