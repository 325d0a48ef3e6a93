//go:build wasip1

package kvtest_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"larder/config"
	"larder/corecache"
	"larder/httpcache"
	"larder/vault"
	"larder/vault/kvtest"
)

func TestHost(t *testing.T) { kvtest.Run(t, &vault.Fastly{Name: "larder_vault"}) }

func TestAStoreThatTheServiceLacksIsNotFound(t *testing.T) {
	kv := &vault.Fastly{Name: "no_such_store"}
	_, lookupErr := kv.Lookup("key")
	for _, err := range []error{lookupErr, kv.Insert("key", nil, vault.InsertOptions{}), kv.Delete("key")} {
		if !errors.Is(err, vault.ErrNoStore) {
			t.Errorf("got %v", err)
		}
	}
}

func TestAKeyThatTheHostRefusesIsAnError(t *testing.T) {
	kv := &vault.Fastly{Name: "larder_vault"}
	if _, err := kv.Lookup("a?b"); !errors.Is(err, vault.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

func TestTheVaultOnTheHost(t *testing.T) {
	cfg := &config.Vault{Store: "larder_vault", Interval: time.Minute, MaxAge: time.Hour, MaxBody: 1 << 20, Superseded: true}
	v := vault.New(cfg, &vault.Fastly{Name: cfg.Store}, corecache.Host{}, vault.Clock{Now: time.Now, Sleep: time.Sleep})
	key := []byte("kvtest\nanswer\n" + time.Now().String())
	record := &httpcache.StoredResponse{
		Status:    http.StatusOK,
		Header:    http.Header{"Etag": {`"1"`}},
		Lifetimes: httpcache.Lifetimes{Freshness: time.Minute, StaleIfError: time.Minute},
		Received:  time.Now().Add(-time.Minute),
		Length:    4,
		Keys:      []string{"larder-all", "post:hello"},
	}
	if err := v.Save(key, "", record, []byte("body"), record.Received); err != nil {
		t.Fatal(err)
	}
	c, err := v.Load(key, "")
	if err != nil {
		t.Fatal(err)
	}
	if string(c.Body) != "body" || c.Superseded || c.Record.Header.Get("Etag") != `"1"` {
		t.Errorf("got %q, superseded %v, %v", c.Body, c.Superseded, c.Record.Header)
	}
	purge := func(keys vault.Keys) {
		t.Helper()
		now := time.Now()
		if err := v.Purge(vault.Purge{Settled: now, Keys: []vault.Keys{keys}}).Run(now.Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	purge(vault.Keys{Soft: []string{"post:hello"}})
	if c, err = v.Load(key, ""); err != nil || !c.Superseded {
		t.Errorf("after a soft purge: %+v, %v", c, err)
	}
	purge(vault.Keys{Hard: []string{"post:hello"}})
	if _, err = v.Load(key, ""); !errors.Is(err, vault.ErrNone) {
		t.Errorf("after a hard purge: %v", err)
	}
	if err := v.Forget(key, []string{"post:hello"}); err != nil {
		t.Error(err)
	}
	if s := v.Status(); !s.Reachable || s.LastError != "" {
		t.Errorf("got %+v", s)
	}
}
