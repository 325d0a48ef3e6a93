package kvmodel_test

import (
	"errors"
	"testing"
	"time"

	"larder/vault"
	"larder/vault/kvmodel"
	"larder/vault/kvtest"
)

func TestModel(t *testing.T) { kvtest.Run(t, &kvmodel.KV{}) }

func TestALaggingLookupReturnsThePreviousEntry(t *testing.T) {
	lags := false
	kv := &kvmodel.KV{Lags: func(string) bool { return lags }}
	for _, value := range []string{"old", "new"} {
		if err := kv.Insert("k", []byte(value), vault.InsertOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	for want, lag := range map[string]bool{"old": true, "new": false} {
		lags = lag
		if got, err := kv.Lookup("k"); err != nil || string(got.Value) != want {
			t.Errorf("got %q, %v; want %q", got.Value, err, want)
		}
	}
}

func TestAnEntryEndsWithItsTTL(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	kv := &kvmodel.KV{Now: func() time.Time { return now }}
	if err := kv.Insert("k", nil, vault.InsertOptions{TTL: time.Minute}); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	if _, err := kv.Lookup("k"); !errors.Is(err, vault.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
