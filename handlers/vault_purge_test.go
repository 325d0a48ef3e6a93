package handlers

import (
	"strings"
	"testing"
	"time"

	"larder/vault"
	"larder/vault/kvmodel"
)

func TestAHardPurgedItemNeverComesBack(t *testing.T) {
	const list = `{"data":[{"slug":"tea"},{"slug":"milk"}]}`
	for name, members := range map[string]string{
		"by its key":                           `"keys":["post:tea"],"soft":false`,
		"among keys that are purged softly":    `"keys":["posts"],"hard":["post:tea"]`,
		"with everything, the vault's as well": `"all":true,"vault":true,"soft":false`,
	} {
		for age, pass := range map[string]time.Duration{"at once": 0, "later": 2 * time.Hour} {
			t.Run(name+", "+age, func(t *testing.T) {
				v := newVaulted(t, testConfig, "")
				v.fill("/posts/tea/", before)
				v.fill("/posts/", list)
				v.pass(pass)
				v.purge(members)
				v.fails(errRefused)
				for range 3 {
					v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
					v.get("/posts/").wantProblem(503, "origin-unavailable")
					v.pass(10 * time.Second)
					v.cold()
				}
			})
		}
	}
}

func TestAHardPurgeLeavesOtherItemsTheirCopies(t *testing.T) {
	const milk = `{"data":{"slug":"milk"}}`
	v := newVaulted(t, testConfig, "")
	v.fill("/posts/tea/", before)
	v.fill("/posts/milk/", milk)
	v.purge(`"keys":["post:tea"],"soft":false`)
	v.cold()
	v.fails(errRefused)
	v.get("/posts/milk/").wantCopy(milk, "vault")
	v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
}

func TestASoftlyPurgedCopyIsMarkedOrRefused(t *testing.T) {
	t.Run("marked where outdated copies are allowed", func(t *testing.T) {
		v := newVaulted(t, testConfig, "")
		v.fill("/posts/tea/", before)
		v.pass(time.Minute)
		v.purge(`"keys":["author:ada"]`)
		v.cold()
		v.fails(errRefused)
		for range 2 {
			v.get("/posts/tea/").wantCopy(before, "vault-superseded")
		}
	})
	t.Run("refused where they are not", func(t *testing.T) {
		v := newVaulted(t, testConfig, `"superseded": false`)
		v.fill("/posts/tea/", before)
		v.pass(time.Minute)
		v.purge(`"keys":["author:ada"]`)
		v.cold()
		v.fails(errRefused)
		v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
	})
	t.Run("and content fetched after the purge is not marked", func(t *testing.T) {
		v := newVaulted(t, testConfig, `"superseded": false`)
		v.fill("/posts/tea/", before)
		v.purge(`"keys":["post:tea"]`)
		v.pass(time.Minute)
		v.fill("/posts/tea/", after)
		v.cold()
		v.fails(errRefused)
		v.get("/posts/tea/").wantCopy(after, "vault")
	})
	t.Run("not even content fetched at once, after a hit has confirmed it", func(t *testing.T) {
		v := newVaulted(t, testConfig, `"superseded": false`)
		v.fill("/posts/tea/", before)
		v.purge(`"keys":["post:tea"]`)
		v.fill("/posts/tea/", after)
		v.pass(20 * time.Second)
		v.get("/posts/tea/").want(200, after, anything)
		v.cold()
		v.fails(errRefused)
		v.get("/posts/tea/").wantCopy(after, "vault")
	})
}

// A 404 or 410 counts as much as a purge, for whatever reason the origin was asked.
func TestWhatTheOriginSaysIsGoneLosesItsCopy(t *testing.T) {
	for _, status := range []int{404, 410} {
		for name, ask := range map[string]func(v *vaulted){
			"of a purged entry":    func(v *vaulted) { v.purge(`"keys":["author:ada"]`) },
			"of an entry too old":  func(v *vaulted) { v.pass(2 * time.Hour) },
			"after an answer":      func(v *vaulted) { v.pass(time.Hour + 30*time.Second) },
			"in a cold POP":        func(v *vaulted) { v.cold() },
			"past its stale times": func(v *vaulted) { v.pass(48 * time.Hour) },
		} {
			for _, ttl := range []string{"30s", "0s"} {
				t.Run(name+", with a not_found_ttl of "+ttl, func(t *testing.T) {
					file := strings.Replace(testConfig, `"not_found_ttl": "30s"`, `"not_found_ttl": "`+ttl+`"`, 1)
					v := newVaulted(t, file, "")
					v.fill("/posts/tea/", before)
					ask(v)
					v.says(status, `{"detail":"gone"}`)
					v.get("/posts/tea/")
					v.pass(time.Minute)
					v.cold()
					v.fails(errRefused)
					v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
				})
			}
		}
	}
}

func TestATenantsCopyIsNotServedToAnother(t *testing.T) {
	v := newVaulted(t, tenantsConfig, "")
	v.fill("/posts/tea/?auth_token=first", before)
	v.fill("/posts/tea/?auth_token=second", after)
	v.cold()
	v.fails(errRefused)
	v.get("/posts/tea/?auth_token=first").wantCopy(before, "vault")
	v.get("/posts/tea/?auth_token=second").wantCopy(after, "vault")
	v.get("/posts/tea/?auth_token=third").wantProblem(503, "origin-unavailable")
	v.get("/posts/tea/").wantProblem(503, "origin-unavailable")

	t.Run("nor does one tenant's deletion reach another's copy", func(t *testing.T) {
		v.purge(`"keys":["post:tea"],"soft":false,"credentials":["first"]`)
		v.pass(time.Minute)
		v.cold()
		v.get("/posts/tea/?auth_token=first").wantProblem(503, "origin-unavailable")
		v.get("/posts/tea/?auth_token=second").wantCopy(after, "vault")
	})
}

// A copy that is loaded while its item is purged must not stay in the cache.
func TestAPurgeWhileACopyIsLoadedIsNotUndone(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.fill("/posts/tea/", before)
	v.cold()
	v.fails(errRefused)
	once := false
	v.kv.Before = func(c kvmodel.Call) error {
		if c.Op == "lookup" && strings.HasPrefix(c.Key, "purges/service") && !once {
			once = true
			v.purge(`"keys":["post:tea"],"soft":false`)
		}
		return nil
	}
	v.get("/posts/tea/") // which began before the purge was acknowledged
	if !once {
		t.Fatal("the test's purge did not happen")
	}
	v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
}

// The vault hears of a purge before the cache is purged. A hit in between must not
// prove the content newer than the purge.
func TestADeletionHoldsHoweverLongItTakesToRecord(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.fill("/posts/tea/", before)
	v.pass(10 * time.Second)
	hit := false
	v.kv.Before = func(c kvmodel.Call) error {
		if strings.HasPrefix(c.Key, "purges/") {
			v.pass(3 * time.Second)
			if !hit {
				hit = true
				v.hits("/posts/tea/", before)
			}
		}
		return nil
	}
	v.purge(`"keys":["post:tea"],"soft":false`)
	if !hit {
		t.Fatal("the purge was not recorded")
	}
	v.wantAsked(0)
	v.kv.Before = nil
	v.pass(time.Minute)
	v.fails(errRefused)
	v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
}

func TestADeletionThatTheStoreRefusesIsRecordedLater(t *testing.T) {
	v := newVaulted(t, tenantsConfig, "")
	v.fill("/posts/tea/?auth_token=own", before)
	v.pass(time.Minute)
	v.says(204, "")
	began, answered := v.clock(), time.Duration(0)
	v.kv.Before = func(kvmodel.Call) error {
		v.pass(100 * time.Millisecond)
		if v.clock().Sub(began) < 1500*time.Millisecond {
			return vault.ErrBusy
		}
		return nil
	}
	v.slowly("DELETE", "/posts/tea/?auth_token=own", func() { answered = v.clock().Sub(began) })
	if answered == 0 || answered > time.Second {
		t.Errorf("the client had its answer after %v", answered)
	}
	v.kv.Before = nil
	v.pass(time.Hour)
	v.fails(errRefused)
	v.get("/posts/tea/?auth_token=own").wantProblem(503, "origin-unavailable")
}
