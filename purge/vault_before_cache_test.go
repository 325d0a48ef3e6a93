package purge

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"larder/config"
	"larder/corecache/coremodel"
	"larder/httpcache"
	"larder/surrogate"
	"larder/vault"
	"larder/vault/kvmodel"
)

// vaulted is an endpoint with a vault, and a clock that tests move.
type vaulted struct {
	*Endpoint
	t     *testing.T
	now   time.Time
	cache *purger
	kv    *kvmodel.KV
	late  int // calls to the KV Store after the first purge of the cache
}

func newVaulted(t *testing.T) *vaulted { return newVaultedFor(t, plain) }

// newVaultedFor is newVaulted with members of larder.json.
func newVaultedFor(t *testing.T, members string) *vaulted {
	e, p := endpoint(t, members)
	v := &vaulted{Endpoint: e, t: t, now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), cache: p}
	clock := func() time.Time { return v.now }
	v.kv = &kvmodel.KV{Now: clock}
	settings := &config.Vault{Store: "s", Interval: time.Minute, MaxAge: time.Hour, MaxBody: 1 << 20, Superseded: true}
	e.Now = clock
	e.Vault = vault.New(settings, v.kv, coremodel.New(clock), vault.Clock{Now: clock, Sleep: v.pass})
	return v
}

func (v *vaulted) pass(d time.Duration) { v.now = v.now.Add(d) }

// save stores a copy with one key of its own.
func (v *vaulted) save(key string) {
	v.t.Helper()
	record := &httpcache.StoredResponse{
		Status:    http.StatusOK,
		Lifetimes: httpcache.Lifetimes{Freshness: time.Hour, StaleIfError: time.Hour},
		Received:  v.now,
		Length:    4,
		Keys:      []string{surrogate.AllKey, key},
	}
	if err := v.Vault.Save([]byte(key), "", record, []byte("body"), v.now); err != nil {
		v.t.Fatal(err)
	}
}

// purge sends a request. Each call to the KV Store does before first.
func (v *vaulted) purge(body string, before func(kvmodel.Call) error) error {
	v.t.Helper()
	v.kv.Before = func(c kvmodel.Call) error {
		if len(v.cache.purged) > 0 {
			v.late++
		}
		if before == nil {
			return nil
		}
		return before(c)
	}
	_, _, err := v.Serve(context.Background(), call{body: body}.build(v.t))
	v.kv.Before = nil
	return err
}

// copies says what the vault has under a key.
func (v *vaulted) copies(key string) string {
	c, err := v.Vault.Load([]byte(key), "")
	switch {
	case err != nil:
		return "none"
	case c.Superseded:
		return "superseded"
	}
	return "current"
}

func TestWhatAPurgeDoesToTheVault(t *testing.T) {
	tests := []struct {
		name, body     string
		a, posts, left string // what becomes of the copies
	}{
		{"soft keys", `{"keys":["a","posts"]}`, "superseded", "superseded", "current"},
		{"hard keys", `{"keys":["a"],"soft":false}`, "none", "current", "current"},
		{"hard keys beside soft ones", `{"keys":["posts"],"hard":["a"]}`, "none", "superseded", "current"},
		{"everything leaves the vault alone", `{"all":true,"soft":false}`, "current", "current", "current"},
		{"everything, softly, and the vault", `{"all":true,"vault":true}`, "superseded", "superseded", "superseded"},
		{"everything, and the vault", `{"all":true,"vault":true,"soft":false}`, "none", "none", "none"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := newVaulted(t)
			for _, key := range []string{"a", "posts", "left"} {
				v.save(key)
			}
			v.pass(time.Minute)
			if err := v.purge(test.body, nil); err != nil {
				t.Fatal(err)
			}
			got := []string{v.copies("a"), v.copies("posts"), v.copies("left")}
			if want := []string{test.a, test.posts, test.left}; !slices.Equal(got, want) {
				t.Errorf("the copies are %q, want %q", got, want)
			}
			if v.late > 0 {
				t.Errorf("the KV Store is called %d times after the cache is purged", v.late)
			}
		})
	}
}

func TestAVaultThatFailsFailsThePurgeButTheCacheIsPurged(t *testing.T) {
	v := newVaulted(t)
	err := v.purge(`{"keys":["a"]}`, func(kvmodel.Call) error { return vault.ErrBusy })
	if !errors.Is(err, problemFailed) || !errors.Is(err, vault.ErrBusy) {
		t.Errorf("the error is %v", err)
	}
	if !slices.Contains(v.cache.purged, "soft a") {
		t.Errorf("the cache is purged of %q", v.cache.purged)
	}
}

// Customers see an edit without waiting for the vault.
func TestTheCacheWaitsASecondAtMostForAllLogsTogether(t *testing.T) {
	const keys = `{"keys":["a","b","c","d","e","f","g","h"],"hard":["i","j","k","l"]}`
	tests := []struct {
		name  string
		call  time.Duration // how long each takes
		fails time.Duration // how long all fail
	}{
		{"a store that is slow", 300 * time.Millisecond, 0},
		{"a store that fails for a while", 10 * time.Millisecond, 3 * time.Second},
		{"a store that is slow to fail", 200 * time.Millisecond, 4 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := newVaulted(t)
			v.save("b")
			v.save("i")
			v.pass(time.Minute)
			began := v.now
			waited := time.Duration(-1)
			v.cache.before = func() {
				if waited < 0 {
					waited = v.now.Sub(began)
				}
			}
			err := v.purge(keys, func(kvmodel.Call) error {
				v.pass(test.call)
				if v.now.Sub(began) < test.fails {
					return vault.ErrBusy
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			if waited < 0 || waited > time.Second+test.call {
				t.Errorf("the cache is purged after %v", waited)
			}
			if v.late == 0 {
				t.Error("there was nothing left to write afterwards")
			}
			if got := v.copies("i") + ", " + v.copies("b"); got != "none, superseded" {
				t.Errorf("the copies are %s", got)
			}
		})
	}
}

// Meanwhile the caches of other POPs had the old content, and their hits may
// have confirmed it.
func TestAPurgeOfTheCacheThatTakesLongIsRecordedAgain(t *testing.T) {
	v := newVaulted(t)
	v.cache.before = func() { v.pass(4 * time.Second) }
	began := v.now
	if err := v.purge(`{"keys":["a"],"soft":false}`, nil); err != nil {
		t.Fatal(err)
	}
	took := v.now.Sub(began)
	v.now = began.Add(took / 2)
	v.save("a")
	v.now = began.Add(took + time.Minute)
	if got := v.copies("a"); took <= vault.SendTime || got != "none" {
		t.Errorf("a copy from the middle of a purge of %v is %s", took, got)
	}
}
