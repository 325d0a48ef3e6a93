package handlers

import (
	"strings"
	"testing"
	"time"

	"larder/fence"
	"larder/vault"
	"larder/vault/kvmodel"
)

func TestOnlyTheShieldSavesWhatItAnswers(t *testing.T) {
	file := strings.Replace(testConfig, `"debug_header"`, `"vault": {}, "debug_header"`, 1)
	s := newService(t, file)
	one := s.quietPOP()
	kv := &kvmodel.KV{Now: one.clock}
	one.use(func(p *Parts) {
		p.Vault = vault.New(p.Config.Vault, kv, one.spy, vault.Clock{Now: one.clock, Sleep: one.pass})
	})
	inserts := func() (n int) {
		for _, c := range kv.Calls() {
			if c.Op == "insert" && !strings.HasPrefix(c.Key, "purges/") {
				n++
			}
		}
		return n
	}
	s.says(200, before)
	one.get("/posts/tea/").want(200, before, anything)
	one.purge(`"keys":["post:tea"]`)
	one.get("/posts/tea/").want(200, before, anything)
	s.says(404, `{"detail":"no"}`)
	one.get("/posts/milk/").want(404, anything, anything)
	if n := inserts(); n != 0 {
		t.Errorf("%d copies of the shield's answers are saved", n)
	}
	one.down = true
	one.says(200, bread)
	one.get("/posts/bread/").want(200, bread, anything)
	if n := inserts(); n != 1 {
		t.Errorf("%d copies of an origin's answer are saved", n)
	}
}

func TestAColdShieldServesItsVaultsCopy(t *testing.T) {
	file := strings.Replace(testConfig, `"debug_header"`, `"vault": {}, "debug_header"`, 1)
	s := newService(t, file)
	one := s.quietPOP()
	s.use(func(p *Parts) {
		p.Vault = vault.New(p.Config.Vault, &kvmodel.KV{Now: s.clock}, s.spy, vault.Clock{Now: s.clock, Sleep: s.pass})
	})
	s.says(200, before)
	s.get("/posts/tea/")
	s.purge(`"all":true,"soft":false`) // the vault keeps its copies
	s.fails(errRefused)
	for range 2 { // the second time the copy is in the cache
		one.get("/posts/tea/").want(200, before, anything)
		if got := one.got[len(one.got)-1].Header.Get("Larder-Shield"); !strings.HasPrefix(got, "stale") {
			t.Errorf("the shield says %q", got)
		}
		if len(one.got) > 1 {
			break
		}
		one.app.purge(fence.Purge{Hard: []string{"post:tea"}})
		s.pass(10 * time.Second)
	}
}
