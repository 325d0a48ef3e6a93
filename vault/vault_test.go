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
	"larder/vault/kvmodel"
)

func TestWhatIsSavedIsLoaded(t *testing.T) {
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

func TestWhatIsWorthACopy(t *testing.T) {
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
		{"a part", func(r *httpcache.StoredResponse) { r.Partial = true }, false},
		{"a note of a failure", func(r *httpcache.StoredResponse) { r.Kind = httpcache.KindFailure }, false},
		{"a note of a pass", func(r *httpcache.StoredResponse) { r.Kind = httpcache.KindPass }, false},
		{"what must be revalidated", func(r *httpcache.StoredResponse) { r.MustRevalidate = true }, false},
		{"what needs a validation before every use", func(r *httpcache.StoredResponse) { r.NoCache = true }, false},
		{"what may not stand in for an error", func(r *httpcache.StoredResponse) { r.StaleIfError = 0 }, false},
		{"a body of another length", func(r *httpcache.StoredResponse) { r.Length = 5 }, false},
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
				t.Errorf("kept: %v", got)
			}
		})
	}
}

func TestABodyOverTheLimitIsNotKept(t *testing.T) {
	w := newWorld(t, func(c *config.Vault) { c.MaxBody = 3 })
	w.save("body")
	w.want(none)
}

func TestARecordThatCannotBeWrittenIsAnError(t *testing.T) {
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
	if err := w.vault.Save(cacheKey, "tAAAAAAAAAAA:", w.answer("body"), []byte("body"), w.now); err != nil {
		t.Fatal(err)
	}
	w.want(none)
	if _, err := w.vault.Load(cacheKey, "tAAAAAAAAAAA:"); err != nil {
		t.Error(err)
	}
}

func TestACopyGetsTooOld(t *testing.T) {
	for name, want := range map[string]string{"a day less": current, "a day more": none} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.save("body")
			w.pass(30 * 24 * time.Hour)
			if want == none {
				w.pass(24 * time.Hour)
			}
			w.want(want)
		})
	}
}

func TestTheStoreForgetsACopyThatIsTooOld(t *testing.T) {
	w := newWorld(t)
	w.save("body")
	w.pass(30 * 24 * time.Hour)
	if n := len(w.kv.Keys()); n != 1 {
		t.Errorf("%d entries while the copy may be given", n)
	}
	w.pass(time.Hour)
	if keys := w.kv.Keys(); len(keys) > 0 {
		t.Errorf("the store still has %v", keys)
	}
}

func TestAShorterMaxAgeCountsForOldCopiesToo(t *testing.T) {
	w := newWorld(t)
	w.save("body")
	w.pass(2 * time.Hour)
	cfg := settings()
	cfg.MaxAge = time.Hour
	w.vault = vault.New(cfg, w.kv, w.cache, w.clock())
	w.want(none)
}

func TestForget(t *testing.T) {
	w := newWorld(t)
	w.save("body")
	for range 2 { // the second time there is nothing left
		if err := w.vault.Forget(cacheKey); err != nil {
			t.Fatal(err)
		}
	}
	w.want(none)
}

func TestAHitConfirmsWhatWasFetchedJustAfterAPurge(t *testing.T) {
	tests := []struct {
		name  string
		after time.Duration
		want  string
	}{
		{"a hit while clocks cannot tell", 10 * time.Second, none},
		{"a hit soon after", 20 * time.Second, current},
		{"a hit within a minute", time.Minute, current},
		{"a hit much later is not asked for", 61 * time.Second, none},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, func(c *config.Vault) { c.Interval = time.Hour })
			w.purge("post:a", hard)
			w.pass(100 * time.Millisecond)
			record := w.answer("body", "post:a")
			w.save("body", "post:a")
			w.want(none)
			w.pass(test.after)
			if w.vault.Confirms(cacheKey, record, w.now) {
				if err := w.vault.Confirm(cacheKey, "", record, []byte("body"), w.now); err != nil {
					t.Fatal(err)
				}
			}
			w.want(test.want)
			if test.want == current && w.vault.Confirms(cacheKey, record, w.now) {
				t.Error("it is to be confirmed twice")
			}
		})
	}
}

func TestAPurgeAfterAConfirmationCounts(t *testing.T) {
	w := newWorld(t)
	record := w.answer("body", "post:a")
	w.pass(20 * time.Second)
	// A purge is noted now; the cache will be purged in a moment, and has a
	// last hit before that.
	if err := w.record(named("", hard, "post:a")); err != nil {
		t.Fatal(err)
	}
	w.pass(9 * time.Second)
	if err := w.vault.Confirm(cacheKey, "", record, []byte("body"), w.now); err != nil {
		t.Fatal(err)
	}
	w.want(none)
}

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
		"forget":  v.Forget(cacheKey),
		"purge":   v.Purge(vault.Purge{Keys: []vault.Keys{named("", hard, "a")}}).Run(time.Time{}),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if v.Confirms(cacheKey, record, time.Time{}) || v.Status() != (vault.Status{}) {
		t.Error("it has something to say")
	}
}

func TestAMissingStoreIsReportedOnce(t *testing.T) {
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
		t.Errorf("it is still asked: %v", calls)
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

func TestAPurgeWithoutAStoreHasNothingToNote(t *testing.T) {
	w := newWorld(t)
	w.kv.Before = func(kvmodel.Call) error { return vault.ErrNoStore }
	if err := w.record(named("", hard, "a", "b", "c")); err != nil {
		t.Error(err)
	}
	if n := len(w.kv.Calls()); n != 1 {
		t.Errorf("%d calls", n)
	}
}
