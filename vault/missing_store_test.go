package vault_test

import (
	"errors"
	"testing"
	"time"

	"larder/corecache/coremodel"
	"larder/httpcache"
	"larder/vault"
	"larder/vault/kvmodel"
)

func TestANilVaultDoesNothing(t *testing.T) {
	v := vault.New(nil, nil, nil, vault.Clock{})
	record := &httpcache.StoredResponse{}
	_, loadErr := v.Load(cacheKey, "")
	if !errors.Is(loadErr, vault.ErrNone) {
		t.Errorf("got %v", loadErr)
	}
	for name, err := range map[string]error{
		"save":    v.Save(cacheKey, "", record, nil, time.Time{}),
		"confirm": v.Confirm(cacheKey, "", record, nil, time.Time{}),
		"forget":  v.Forget(cacheKey, nil),
		"purge":   v.Purge(vault.Purge{Keys: []vault.Keys{named("", hard, "a")}}).Run(time.Time{}),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if v.Confirms(cacheKey, record, time.Time{}) || v.Status() != (vault.Status{}) {
		t.Error("it wants a confirmation, or has a status")
	}
}

func TestAMissingStoreIsCalledOnceOnly(t *testing.T) {
	w := newWorld(t)
	w.kv.Before = func(kvmodel.Call) error { return vault.ErrNoStore }
	if err := w.vault.Save(cacheKey, "", w.answer("body"), []byte("body"), w.now); !errors.Is(err, vault.ErrNoStore) {
		t.Errorf("got %v", err)
	}
	w.kv.Calls()
	w.pass(time.Hour)
	w.save("body")
	w.want(none)
	if calls := w.kv.Calls(); len(calls) > 0 {
		t.Errorf("the store is still called: %v", calls)
	}
	s := w.vault.Status()
	if !s.Configured || s.Reachable || s.LastError != "store-not-found" || s.LastErrorAt == nil {
		t.Errorf("got %+v", s)
	}
	w.kv.Before = nil
	if s = w.vault.Status(); !s.Reachable {
		t.Errorf("got %+v", s)
	}
	w.save("body")
	w.want(current)
}

func TestAPurgeWithoutAStoreSucceeds(t *testing.T) {
	w := newWorld(t)
	w.kv.Before = func(kvmodel.Call) error { return vault.ErrNoStore }
	if err := w.record(named("", hard, "a", "b", "c")); err != nil {
		t.Error(err)
	}
	if n := len(w.kv.Calls()); n != 1 {
		t.Errorf("%d calls", n)
	}
}

func TestASandboxThatSawNoStoreStillRecordsDeletions(t *testing.T) {
	w := newWorld(t)
	w.save("body", "post:a")
	w.pass(time.Hour)
	failing(w.kv, 1, 1, vault.ErrNoStore)
	w.want(none)
	w.purge("post:a", hard)
	another := vault.New(settings(), w.kv, coremodel.New(w.clock().Now), w.clock())
	w.vault = another
	w.want(none)
}
