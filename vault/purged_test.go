package vault_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"larder/config"
	"larder/surrogate"
	"larder/vault"
	"larder/vault/kvmodel"
)

func TestWhatAPurgeDoesToACopy(t *testing.T) {
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
		{"a superseded copy only where it is allowed", forbid, func(w *world) { w.purge("post:a", soft) }, none},
		{"a hard purge deletes", allow, func(w *world) { w.purge("post:a", hard) }, none},
		{"a soft purge does not undo a hard one", allow, func(w *world) { w.purge("post:a", hard); w.pass(time.Hour); w.purge("post:a", soft) }, none},
		{"a purge of something else", forbid, func(w *world) { w.purge("post:b", hard) }, current},
		{"a purge of everything", allow, func(w *world) { w.purge(surrogate.AllKey, hard) }, none},
		{"a soft purge of everything", allow, func(w *world) { w.purge(surrogate.AllKey, soft) }, superseded},
		{"a purge of the URL", allow, func(w *world) { w.purge(surrogate.URLKey("u"), hard) }, none},
		{"a purge of a key that needs escaping", allow, func(w *world) { w.purge("post:crème", hard) }, none},
		{"a purge of another tenant's", forbid, func(w *world) {
			_ = w.record(named("tAAAAAAAAAAA:", hard, "post:a", surrogate.AllKey)) // the copy tells
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
			_ = w.vault.Save(cacheKey, "", w.answer("late", "post:a"), []byte("late"), asked) // the copy tells
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

func TestAKeyThatWasFoldedIntoItsBucketIsPurged(t *testing.T) {
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

func TestAKeyThatIsTooLongIsPurged(t *testing.T) {
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

func TestConcurrentPurgesLoseNothing(t *testing.T) {
	const writers = 8
	w := newWorld(t)
	still := w.clock() // which all of them read
	still.Sleep = func(time.Duration) {}
	w.vault = vault.New(settings(), w.kv, w.cache, still)
	var wait sync.WaitGroup
	for i := range writers {
		wait.Go(func() {
			for j := range 10 {
				if err := w.record(named("", hard, fmt.Sprintf("post:%d-%d", i, j))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	for i := range writers {
		for j := range 10 {
			w.pass(-time.Hour)
			w.save(fmt.Sprintf("body %d %d", i, j), fmt.Sprintf("post:%d-%d", i, j))
			w.pass(time.Hour)
			w.want(none)
		}
	}
}

func TestAPurgeThatIsOvertakenIsNotedOverAgain(t *testing.T) {
	tests := []struct {
		name      string
		overtaken int
		want      error
	}{
		{"once", 1, nil},
		{"four times", 4, nil},
		{"every time", 100, vault.ErrConflict},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.save("body", "post:a", "post:b")
			w.pass(time.Hour)
			left, other := test.overtaken, false
			w.kv.Before = func(c kvmodel.Call) error {
				if c.Op != "insert" || other || left == 0 {
					return nil
				}
				left--
				other = true
				defer func() { other = false }()
				// The key whose log this is; its bucket's is the same.
				w.pass(time.Microsecond)
				return w.record(named("", soft, "post:a"))
			}
			if err := w.record(named("", hard, "post:a")); !errors.Is(err, test.want) {
				t.Fatalf("got %v", err)
			}
			if test.want == nil {
				w.want(none)
			}
		})
	}
}

// A reader of an eventually consistent store may see the log as it was.
func TestALogThatIsReadInAnOlderStateLosesNothing(t *testing.T) {
	w := newWorld(t)
	w.save("body", "post:a")
	w.pass(time.Hour)
	w.purge("other", hard)
	w.purge("post:a", hard)
	lagging := 3
	w.kv.Lags = func(key string) bool {
		if !strings.HasPrefix(key, "purges/") || lagging == 0 {
			return false
		}
		lagging--
		return true
	}
	w.pass(time.Minute)
	w.purge("post:a", soft) // the log's former state has no hard purge
	if lagging > 0 {
		t.Fatal("nothing was read")
	}
	w.want(none)
}

func TestALogThatIsNoneCountsAsADeletionOfEverything(t *testing.T) {
	w := newWorld(t)
	w.save("body", "post:a")
	w.pass(time.Hour)
	w.purge("post:a", soft)
	w.want(superseded)
	for _, key := range w.kv.Keys() {
		if strings.HasPrefix(key, "purges/") {
			if err := w.kv.Insert(key, []byte("\x63from another version"), vault.InsertOptions{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.want(none)
	w.purge("post:a", soft)
	w.want(none) // what the log said is lost
	w.pass(time.Minute)
	w.save("new", "post:a")
	w.want(none) // a purge in it may settle as late as now
	w.pass(5 * time.Second)
	w.save("newer", "post:a")
	w.want(current)
}

// A log that the store forgot before the copy would bring the item back.
func TestADeletionIsKnownForAsLongAsAnyCopyIsKept(t *testing.T) {
	const day = 24 * time.Hour
	const file = `{"vault":{"max_age":"%dd"},"origins":[{"name":"primary"}],"routes":[{"name":"all","path":"/{path...}"}]}`
	const longest = 365 // days, the most that a configuration can ask for
	if _, err := config.Parse(fmt.Appendf(nil, file, longest+1)); err == nil {
		t.Errorf("a copy may be kept for more than %d days", longest)
	}
	cfg, err := config.Parse(fmt.Appendf(nil, file, longest))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(c *config.Vault) { *c = *cfg.Vault })
	w.save("body", "post:a")
	w.purge("post:a", hard)
	for range longest {
		w.want(none)
		w.pass(day)
	}
	w.want(none)
	w.pass(2 * day)
	if keys := w.kv.Keys(); len(keys) > 0 {
		t.Errorf("the store still has %v", keys)
	}
}
