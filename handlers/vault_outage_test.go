package handlers

import (
	"strings"
	"testing"
	"time"

	"larder/origin"
	"larder/vault"
	"larder/vault/kvmodel"
)

func TestAColdPOPAnswersFromTheVaultWhileEveryOriginFails(t *testing.T) {
	for _, outage := range outages(newEdge(t)) {
		t.Run(outage.name, func(t *testing.T) {
			v := newVaulted(t, testConfig, "")
			v.fill("/posts/tea/", before)
			v.pass(time.Minute)
			v.cold()
			v.does(outage.answer)
			v.kv.Calls()
			r := v.get("/posts/tea/")
			r.wantCopy(before, "vault")
			r.wantHeader("Age", "60")
			if status := r.header.Get("Cache-Status"); !strings.Contains(status, outage.detail) {
				t.Errorf("Cache-Status is %q and does not name %s", status, outage.detail)
			}
			v.wantAsked(1)
			v.kv.Calls()

			t.Run("and the copy is in the cache for five seconds", func(t *testing.T) {
				v.pass(graceTime - time.Millisecond)
				v.get("/posts/tea/").wantCopy(before, "vault")
				v.wantCalls("lookup", 0)
				v.wantAsked(0)
			})
			t.Run("and then both are asked again", func(t *testing.T) {
				v.pass(time.Second)
				v.get("/posts/tea/").wantCopy(before, "vault")
				v.wantAsked(1)
				if len(v.kv.Calls()) == 0 {
					t.Error("the vault was not asked")
				}
			})
			t.Run("and the origin's content is served once it is back", func(t *testing.T) {
				v.pass(graceTime)
				v.says(200, after)
				v.get("/posts/tea/").want(200, after, anything)
				v.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
				v.wantAsked(1)
			})
		})
	}
}

func TestACopyIsStillConditionalAndRanged(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.fill("/posts/tea/", before)
	etag := v.get("/posts/tea/").header.Get("Etag")
	for name, ask := range map[string]func(){
		"a condition":         func() { v.get("/posts/tea/", "If-None-Match: "+etag).want(304, "", anything) },
		"a range":             func() { v.get("/posts/tea/", "Range: bytes=2-5").want(206, before[2:6], anything) },
		"a range of its end":  func() { v.get("/posts/tea/", "Range: bytes=-3").want(206, before[len(before)-3:], anything) },
		"a range past it":     func() { v.get("/posts/tea/", "Range: bytes=9999-").want(416, anything, anything) },
		"a question for HEAD": func() { v.request("HEAD", "/posts/tea/", "").want(200, "", anything) },
	} {
		t.Run(name, func(t *testing.T) {
			v.cold()
			v.fails(errRefused)
			ask()
		})
	}
}

func TestAFailingKVStoreNeverBreaksAnAnswer(t *testing.T) {
	troubles := map[string]error{
		"there is no store":    vault.ErrNoStore,
		"it limits the rate":   vault.ErrBusy,
		"it does not answer":   vault.ErrUnavailable,
		"the value is refused": vault.ErrTooLarge,
	}
	for name, trouble := range troubles {
		t.Run(name, func(t *testing.T) {
			v := newVaulted(t, testConfig, "")
			v.kv.Before = func(kvmodel.Call) error { return trouble }
			v.fill("/posts/tea/", before)
			v.get("/posts/tea/").want(200, before, anything)
			v.wantAsked(0)
			v.pass(2 * time.Hour)
			v.fails(errRefused)
			v.get("/posts/tea/").want(200, before, anything)
			v.get("/posts/milk/").wantProblem(503, "origin-unavailable")
			v.pass(rememberedTime)
			v.says(200, after)
			v.get("/posts/tea/").want(200, after, anything)
		})
	}
	t.Run("it fails for a while", func(t *testing.T) {
		v := newVaulted(t, testConfig, "")
		v.fill("/posts/tea/", before)
		v.cold()
		v.kv.Before = func(kvmodel.Call) error { return vault.ErrUnavailable }
		v.fails(errRefused)
		v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
		v.kv.Before = nil
		v.pass(time.Minute)
		v.get("/posts/tea/").wantCopy(before, "vault")
	})
}

func TestASlowKVStore(t *testing.T) {
	for name, test := range map[string]struct {
		latency time.Duration
		copied  bool
	}{
		"of 300 ms a call still answers":         {300 * time.Millisecond, true},
		"of two seconds a call is given up":      {2 * time.Second, false},
		"of a minute a call is given up as well": {time.Minute, false},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVaulted(t, testConfig, "")
			v.kv.Before = func(kvmodel.Call) error {
				v.pass(test.latency)
				return nil
			}
			v.fill("/posts/tea/", before)
			v.cold()
			v.fails(errRefused)
			began := v.clock()
			r := v.get("/posts/tea/")
			if took := v.clock().Sub(began); took > 4*time.Second+test.latency {
				t.Errorf("the answer took %v", took)
			}
			if test.copied {
				r.wantCopy(before, "vault")
				return
			}
			r.wantProblem(503, "origin-unavailable")
			r.wantHeader("Retry-After", "1")
		})
	}
}

func TestTwentyColdRequestsCostOneLookupInTheVault(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.fill("/posts/tea/", before)
	v.cold()
	v.does(func(*origin.Request) (*origin.Response, error) { return nil, errRefused })
	v.kv.Calls()
	for range 20 {
		v.get("/posts/tea/").wantCopy(before, "vault")
	}
	v.wantAsked(1)
	if n := len(v.kv.Calls()); n > vault.MaxLoadCalls {
		t.Errorf("the KV Store had %d calls for twenty requests", n)
	}
}

func TestTheVaultBeatsAnErrorOfTheOriginsOwn(t *testing.T) {
	v := newVaulted(t, strings.Replace(testConfig, `{"name": "posts",`, `{"name": "posts", "lifetimes": {"ttl": "origin"},`, 1), "")
	v.says(200, before, "Cache-Control: max-age=60, stale-if-error=600")
	v.get("/posts/").want(200, before, anything)
	v.cold()
	v.says(503, "down", "Cache-Control: no-store")
	v.get("/posts/").wantCopy(before, "vault")
	v.get("/posts/?page=2").want(503, "down", anything)
	v.pass(graceTime)
	v.get("/posts/").wantCopy(before, "vault") // after its time in the cache
}

func TestTheVaultIsAskedOnceASecondForWhatItDoesNotHave(t *testing.T) {
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

// The copy was saved while stale answers were allowed.
func TestWithoutStaleIfErrorThereIsNoCopy(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.fill("/posts/tea/", before)
	now := newVaulted(t, strings.Replace(testConfig, `"stale_if_error": "1d"`, `"stale_if_error": "0s"`, 1), "")
	now.use(func(p *Parts) {
		p.Vault = vault.New(p.Config.Vault, v.kv, now.spy, vault.Clock{Now: now.clock, Sleep: now.pass})
	})
	now.fails(errRefused)
	now.get("/posts/tea/").wantProblem(503, "origin-unavailable")
}
