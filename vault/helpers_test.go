package vault_test

import (
	"bytes"
	"errors"
	"net/http"
	"testing"
	"time"

	"larder/config"
	"larder/corecache"
	"larder/corecache/coremodel"
	"larder/httpcache"
	"larder/surrogate"
	"larder/vault"
	"larder/vault/kvmodel"
)

// world is a vault with a clock that tests move.
type world struct {
	t     testing.TB
	now   time.Time
	kv    *kvmodel.KV
	cache corecache.Cache
	vault *vault.Vault
}

func settings() *config.Vault {
	return &config.Vault{Store: "larder_vault", Interval: time.Minute, MaxAge: 30 * 24 * time.Hour, MaxBody: 1 << 20, Superseded: true}
}

func newWorld(t testing.TB, change ...func(*config.Vault)) *world {
	w := &world{t: t, now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return w.now }
	w.kv = &kvmodel.KV{Now: clock}
	w.cache = coremodel.New(clock)
	cfg := settings()
	for _, c := range change {
		c(cfg)
	}
	w.vault = vault.New(cfg, w.kv, w.cache, w.clock())
	return w
}

func (w *world) pass(d time.Duration) { w.now = w.now.Add(d) }

func (w *world) clock() vault.Clock {
	return vault.Clock{Now: func() time.Time { return w.now }, Sleep: w.pass}
}

// answer is a response received now.
func (w *world) answer(body string, keys ...string) *httpcache.StoredResponse {
	return &httpcache.StoredResponse{
		ID:        "id",
		Status:    http.StatusOK,
		Header:    http.Header{"Etag": {httpcache.ETag([]byte(body))}, "Content-Type": {"application/json"}},
		Lifetimes: httpcache.Lifetimes{Freshness: time.Hour, StaleIfError: time.Hour, InitialAge: 3 * time.Second},
		Received:  w.now,
		Length:    int64(len(body)),
		Keys:      append([]string{surrogate.AllKey, surrogate.URLKey("u"), surrogate.EntryKey("id")}, keys...),
	}
}

var cacheKey = []byte("1\nanswer\n/v2/posts/hello/")

func (w *world) save(body string, keys ...string) {
	w.t.Helper()
	if err := w.vault.Save(cacheKey, "", w.answer(body, keys...), []byte(body), w.now); err != nil {
		w.t.Fatal(err)
	}
}

const (
	soft = true
	hard = false
)

// forPurge are the keys to purge for a key of content, or one of the service's.
func forPurge(prefix, key string) []string {
	if surrogate.IsService(key) {
		return []string{prefix + key}
	}
	return surrogate.ForPurge(prefix, key)
}

// named are keys as the cache is purged of them, from keys as content names
// them.
func named(prefix string, soft bool, keys ...string) vault.Keys {
	var full []string
	for _, key := range keys {
		full = append(full, forPurge(prefix, key)...)
	}
	if soft {
		return vault.Keys{Prefix: prefix, Soft: full}
	}
	return vault.Keys{Prefix: prefix, Hard: full}
}

// record records a purge that is not repeated, and takes up to ten seconds.
func (w *world) record(keys ...vault.Keys) error { return w.recordUntil(w.now, keys...) }

// recordUntil records a purge whose last repeat is sent at a time.
func (w *world) recordUntil(settled time.Time, keys ...vault.Keys) error {
	return w.vault.Purge(vault.Purge{Settled: settled, Keys: keys}).Run(w.now.Add(10 * time.Second))
}

// purge does what the purge endpoint does: the vault first, then the cache.
func (w *world) purge(key string, soft bool) {
	w.t.Helper()
	w.purgeUntil(w.now, key, soft)
}

// purgeUntil is the first of the purges of the cache; the last one is sent at a
// time.
func (w *world) purgeUntil(settled time.Time, key string, soft bool) {
	w.t.Helper()
	if err := w.recordUntil(settled, named("", soft, key)); err != nil {
		w.t.Fatal(err)
	}
	w.purgeCache(key, soft)
}

func (w *world) purgeCache(key string, soft bool) {
	w.t.Helper()
	for _, full := range forPurge("", key) {
		if err := w.cache.Purge(full, soft); err != nil {
			w.t.Fatal(err)
		}
	}
}

const (
	current    = "current"
	superseded = "superseded"
	none       = "none"
)

// load says what the vault returns: a copy that is current or superseded, or
// none.
func (w *world) load() string {
	w.t.Helper()
	c, err := w.vault.Load(cacheKey, "")
	switch {
	case err != nil && !errors.Is(err, vault.ErrNone):
		w.t.Errorf("an error without ErrNone: %v", err)
		return none
	case err != nil:
		return none
	case c.Superseded:
		return superseded
	}
	return current
}

func (w *world) want(what string) {
	w.t.Helper()
	if got := w.load(); got != what {
		w.t.Errorf("the copy is %s, want %s", got, what)
	}
}

// count returns the number of calls of a kind since kv.Calls was last called.
func count(kv *kvmodel.KV, op string) int {
	n := 0
	for _, c := range kv.Calls() {
		if c.Op == op {
			n++
		}
	}
	return n
}

func encoded(t testing.TB, record *httpcache.StoredResponse) []byte {
	t.Helper()
	b, err := record.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sameRecord(t testing.TB, a, b *httpcache.StoredResponse) bool {
	return bytes.Equal(encoded(t, a), encoded(t, b))
}
