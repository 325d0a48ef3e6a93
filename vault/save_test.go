package vault_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"larder/config"
	"larder/httpcache"
	"larder/vault"
)

func TestASavedCopyIsLoaded(t *testing.T) {
	tests := []struct {
		name   string
		header string
		body   string
		keys   int
	}{
		{"a short record", "short", "body", 3},
		{"a long record", strings.Repeat("long ", 1000), "body", 3},
		{"many keys", "short", "body", 900},
		{"an empty body", "short", "", 0},
		{"a body of a megabyte", "short", strings.Repeat("x", 1<<20), 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			var keys []string
			for i := range test.keys {
				keys = append(keys, "post:"+strconv.Itoa(i))
			}
			record := w.answer(test.body, keys...)
			record.Header.Set("X-Long", test.header)
			if err := w.vault.Save(cacheKey, "", record, []byte(test.body), w.now); err != nil {
				t.Fatal(err)
			}
			w.pass(time.Minute)
			c, err := w.vault.Load(cacheKey, "")
			if err != nil {
				t.Fatal(err)
			}
			if string(c.Body) != test.body || c.Superseded || !sameRecord(t, &c.Record, record) {
				t.Errorf("got %d bytes, superseded %v, %+v", len(c.Body), c.Superseded, c.Record)
			}
			if want := time.Minute + record.InitialAge; c.Age != want {
				t.Errorf("age %v, want %v", c.Age, want)
			}
			if calls := count(w.kv, "lookup"); calls > vault.MaxLoadCalls-1 {
				t.Errorf("%d calls", calls)
			}
		})
	}
}

func TestWhichResponsesAreSaved(t *testing.T) {
	tests := []struct {
		name   string
		change func(*httpcache.StoredResponse)
		want   bool
	}{
		{"a 200", func(*httpcache.StoredResponse) {}, true},
		{"a permanent redirect", func(r *httpcache.StoredResponse) { r.Status = http.StatusMovedPermanently }, true},
		{"a permanent redirect that keeps the method", func(r *httpcache.StoredResponse) { r.Status = http.StatusPermanentRedirect }, true},
		{"a temporary redirect", func(r *httpcache.StoredResponse) { r.Status = http.StatusFound }, false},
		{"a 404", func(r *httpcache.StoredResponse) { r.Status = http.StatusNotFound }, false},
		{"a partial response", func(r *httpcache.StoredResponse) { r.Partial = true }, false},
		{"a response with must-revalidate", func(r *httpcache.StoredResponse) { r.MustRevalidate = true }, false},
		{"a response with no-cache", func(r *httpcache.StoredResponse) { r.NoCache = true }, false},
		{"a response without stale-if-error", func(r *httpcache.StoredResponse) { r.StaleIfError = 0 }, false},
		{"a body shorter than its record says", func(r *httpcache.StoredResponse) { r.Length = 5 }, false},
		{"a body of unknown length", func(r *httpcache.StoredResponse) { r.Length = -1 }, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			record := w.answer("body")
			test.change(record)
			if err := w.vault.Save(cacheKey, "", record, []byte("body"), w.now); err != nil {
				t.Fatal(err)
			}
			if got := len(w.kv.Keys()) == 1; got != test.want {
				t.Errorf("saved: %v", got)
			}
		})
	}
}

func TestABodyOverTheLimitIsNotSaved(t *testing.T) {
	w := newWorld(t, func(c *config.Vault) { c.MaxBody = 3 })
	w.save("body")
	w.want(none)
}

func TestARecordThatIsTooLargeIsAnError(t *testing.T) {
	w := newWorld(t)
	record := w.answer("body")
	record.Header.Set("X-Huge", strings.Repeat("x", httpcache.MaxRecord))
	if err := w.vault.Save(cacheKey, "", record, []byte("body"), w.now); !errors.Is(err, httpcache.ErrRecordTooLarge) {
		t.Errorf("got %v", err)
	}
}

func TestHowOftenACopyIsWritten(t *testing.T) {
	tests := []struct {
		name string
		then func(w *world)
		want int
	}{
		{"the same again within the interval", func(w *world) { w.pass(59 * time.Second); w.save("body", "post:a") }, 0},
		{"the same again after the interval", func(w *world) { w.pass(time.Minute); w.save("body", "post:a") }, 1},
		{"another body", func(w *world) { w.save("other", "post:a") }, 1},
		{"the same after a soft purge", func(w *world) { w.purge("post:a", soft); w.kv.Calls(); w.save("body", "post:a") }, 1},
		{"the same after a hard purge", func(w *world) { w.purge("post:a", hard); w.kv.Calls(); w.save("body", "post:a") }, 1},
		{"the same after a purge of something else", func(w *world) { w.purge("post:b", hard); w.kv.Calls(); w.save("body", "post:a") }, 0},
		{"another status", func(w *world) {
			r := w.answer("body")
			r.Status = http.StatusMovedPermanently
			_ = w.vault.Save(cacheKey, "", r, []byte("body"), w.now) // counted below
		}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.save("body", "post:a")
			if n := len(w.kv.Calls()); n != 1 {
				t.Errorf("the first copy took %d calls", n)
			}
			test.then(w)
			if n := len(w.kv.Calls()); n != test.want {
				t.Errorf("%d calls, want %d", n, test.want)
			}
		})
	}
}

func TestACopyIsForItsTenantAlone(t *testing.T) {
	w := newWorld(t)
	if err := w.vault.Save(cacheKey, "@AAAAAAAAAAA:", w.answer("body"), []byte("body"), w.now); err != nil {
		t.Fatal(err)
	}
	w.want(none)
	if _, err := w.vault.Load(cacheKey, "@AAAAAAAAAAA:"); err != nil {
		t.Error(err)
	}
}

// A copy without the key would outlive a deletion of it.
func TestTheSameContentWithMoreKeysIsSavedAgain(t *testing.T) {
	w := newWorld(t)
	w.save("body", "post:a")
	w.pass(15 * time.Second)
	w.save("body", "post:a", "author:ada")
	w.pass(15 * time.Second)
	w.purge("author:ada", hard)
	w.want(none)
}

// An older copy is no better than a response that must not be served stale.
func TestAResponseThatForbidsStaleRemovesTheCopy(t *testing.T) {
	w := newWorld(t)
	w.save("body")
	record := w.answer("newer")
	record.MustRevalidate = true
	save := func() {
		t.Helper()
		if err := w.vault.Save(cacheKey, "", record, []byte("newer"), w.now); err != nil {
			t.Error(err)
		}
	}
	w.kv.Calls()
	save()
	save()
	if n := count(w.kv, "delete"); n != 1 {
		t.Errorf("deleted %d times", n)
	}
	w.want(none)
	w.save("body")
	w.want(current)
}

// During a bulk import, purges may race every fetch.
func TestAResponseRacedByAPurgeIsSavedAndSoIsTheNext(t *testing.T) {
	w := newWorld(t)
	asked := w.now
	w.pass(5 * time.Second)
	w.purge("post:other", soft)
	record := w.answer("body", "post:a")
	if err := w.vault.SaveRaced(cacheKey, "", record, []byte("body"), asked); err != nil {
		t.Fatal(err)
	}
	w.want(current)
	w.purge("post:a", soft)
	w.want(superseded)
	w.pass(5 * time.Second)
	w.save("body", "post:a")
	w.want(current)
}
