package vault_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"larder/config"
	"larder/surrogate"
	"larder/vault"
)

func TestEffectOfAPurgeOnACopy(t *testing.T) {
	forbid := func(c *config.Vault) { c.Superseded = false }
	allow := func(*config.Vault) {}
	tests := []struct {
		name   string
		config func(*config.Vault)
		do     func(w *world)
		want   string
	}{
		{"no purge", allow, func(*world) {}, current},
		{"a soft purge supersedes", allow, func(w *world) { w.purge("post:a", soft) }, superseded},
		{"a soft purge deletes if superseded copies are not allowed", forbid, func(w *world) { w.purge("post:a", soft) }, none},
		{"a hard purge deletes", allow, func(w *world) { w.purge("post:a", hard) }, none},
		{"a soft purge does not undo a hard one", allow, func(w *world) { w.purge("post:a", hard); w.pass(time.Hour); w.purge("post:a", soft) }, none},
		{"a purge of something else", forbid, func(w *world) { w.purge("post:b", hard) }, current},
		{"a purge of everything", allow, func(w *world) { w.purge(surrogate.AllKey, hard) }, none},
		{"a soft purge of everything", allow, func(w *world) { w.purge(surrogate.AllKey, soft) }, superseded},
		{"a purge of the URL", allow, func(w *world) { w.purge(surrogate.URLKey("u"), hard) }, none},
		{"a purge of a key that needs escaping", allow, func(w *world) { w.purge("post:crème", hard) }, none},
		{"a purge of another tenant's keys", forbid, func(w *world) {
			_ = w.record(named("@AAAAAAAAAAA:", hard, "post:a", surrogate.AllKey)) // the copy shows it
		}, current},
		{"a copy from after the purge", forbid, func(w *world) {
			w.purge("post:a", hard)
			w.pass(vault.Margin + time.Microsecond)
			w.save("new", "post:a")
		}, current},
		{"a copy from after the purge, as far as clocks tell", allow, func(w *world) {
			w.purge("post:a", hard)
			w.pass(vault.Margin)
			w.save("new", "post:a")
		}, none},
		{"a fetch from before the purge that is saved after it", allow, func(w *world) {
			asked := w.now
			w.pass(time.Minute)
			w.purge("post:a", hard)
			w.pass(time.Minute)
			_ = w.vault.Save(cacheKey, "", w.answer("late", "post:a"), []byte("late"), asked) // the copy shows it
		}, none},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, test.config)
			w.save("body", "post:a", surrogate.Escape("post:crème"))
			w.pass(time.Hour)
			test.do(w)
			w.want(test.want)
		})
	}
}

func TestAPurgeReachesAKeyFoldedIntoItsBucket(t *testing.T) {
	w := newWorld(t)
	set := surrogate.NewSet("")
	for i := range 2000 {
		set.Add("product:number-" + strconv.Itoa(i))
	}
	if !strings.HasPrefix(set.Keys()[len(set.Keys())-1], "~") {
		t.Fatalf("the set did not overflow: %q", set.Keys())
	}
	record := w.answer("body")
	record.Keys = set.Keys()
	if err := w.vault.Save(cacheKey, "", record, []byte("body"), w.now); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Hour)
	w.purge("product:number-1999", hard)
	w.want(none)
}

func TestAPurgeReachesAKeyThatIsTooLong(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("k", 2*surrogate.MaxKey)
	set := surrogate.NewSet("")
	set.Add(long)
	w.save("body", set.Keys()...)
	w.pass(time.Hour)
	w.purge(long, hard)
	w.want(none)
}

func TestAPurgeOfOneKeyIsTwoCalls(t *testing.T) {
	for i := range 50 {
		w := newWorld(t)
		w.purge("post:"+strconv.Itoa(i), hard)
		if calls := w.kv.Calls(); len(calls) != 2 {
			t.Fatalf("got %v", calls)
		}
	}
}

func TestAPurgeOfManyKeysIsAtMostSevenPairsOfCalls(t *testing.T) {
	w := newWorld(t)
	keys := []string{surrogate.AllKey}
	for i := range 256 {
		keys = append(keys, "post:"+strconv.Itoa(i))
	}
	if err := w.record(named("", hard, keys...)); err != nil {
		t.Fatal(err)
	}
	if n := len(w.kv.Calls()); n != 14 {
		t.Errorf("%d calls", n)
	}
}
