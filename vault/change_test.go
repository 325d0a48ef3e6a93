package vault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"larder/corecache"
	"larder/surrogate"
	"larder/vault"
	"larder/vault/kvmodel"
)

// change records a change at a time, as keys of a URL or of a tenant.
func (w *world) change(at time.Time, soft bool, keys ...string) {
	w.t.Helper()
	changed := vault.Keys{Hard: keys}
	if soft {
		changed = vault.Keys{Soft: keys}
	}
	if err := w.vault.Change(at, changed).Run(w.now.Add(time.Second)); err != nil {
		w.t.Fatal(err)
	}
}

var changedURL = surrogate.URLKey("u")

func TestAFloodOfChangesIsOneWriteASecond(t *testing.T) {
	for _, soft := range []bool{soft, hard} {
		w := newWorld(t)
		for range 300 { // in three seconds
			w.change(w.now, soft, changedURL)
			w.pass(10 * time.Millisecond)
		}
		calls := w.kv.Calls()
		if len(calls) != 6 { // a lookup and an insertion each
			t.Errorf("300 changes in three seconds are %d calls: %v", len(calls), calls)
		}
	}
}

func TestEachURLIsRecordedByItself(t *testing.T) {
	w := newWorld(t)
	for i := range 20 {
		w.change(w.now, soft, surrogate.URLKey(fmt.Sprint("u", i)))
	}
	if n := count(w.kv, "insert"); n != 20 {
		t.Errorf("20 URLs are %d writes", n)
	}
}

// The log of a URL has the URL's hash in its name. A purge may name a key that
// only looks like a URL's.
func TestAPurgeOfAKeyThatIsNoURLsIsRecorded(t *testing.T) {
	for _, hash := range []string{"", strings.Repeat("u", 1000), "../x", "a;b"} {
		w := newWorld(t)
		w.kv.Before = func(c kvmodel.Call) error {
			if len(c.Key) > 100 || strings.ContainsAny(c.Key, " ;.") {
				t.Errorf("the KV key is %q", c.Key)
			}
			return nil
		}
		key := surrogate.URLKey(hash)
		w.save("body", key)
		if err := w.record(vault.Keys{Hard: []string{key}}); err != nil {
			t.Fatal(err)
		}
		w.want(none)
	}
}

// Whatever the pauses between changes are, content that was current at the time
// of one is never served as current afterwards, or at all after a deletion.
func TestNoChangeIsLost(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(t)
		for i := range rapid.IntRange(1, 12).Draw(r, "changes") {
			w.pass(time.Duration(rapid.IntRange(0, 4000).Draw(r, "pause in ms")) * time.Millisecond)
			w.save(fmt.Sprint("body ", i))
			at := w.now
			// The client takes its time to read the answer.
			w.pass(time.Duration(rapid.SampledFrom([]int{0, 1, 900, 1100, 30000}).Draw(r, "delay in ms")) * time.Millisecond)
			isSoft := rapid.Bool().Draw(r, "soft")
			w.change(at, isSoft, changedURL)
			if got := w.load(); isSoft && got == current || !isSoft && got != none {
				r.Fatalf("after change %d (soft: %t) the copy is %s", i, isSoft, got)
			}
		}
	})
}

// The record of a change that a slow client delays is older than what others
// have changed since.
func TestAChangeWithASlowClientDoesNotHideALaterOne(t *testing.T) {
	w := newWorld(t)
	began := w.now
	w.pass(30 * time.Second)
	w.change(began, soft, changedURL)
	w.save("body")
	w.change(w.now, soft, changedURL)
	w.want(superseded)
}

func TestWhatIsFetchedSomeSecondsAfterAChangeIsCurrent(t *testing.T) {
	w := newWorld(t)
	w.change(w.now, soft, changedURL)
	w.pass(time.Second + vault.Margin + time.Millisecond)
	w.save("body")
	w.want(current)
}

func TestAChangeTriesARefusingStoreNoLongerThanAllowed(t *testing.T) {
	w := newWorld(t)
	failing(w.kv, 1, 1000, vault.ErrBusy)
	began := w.now
	if err := w.vault.Change(w.now, vault.Keys{Soft: []string{changedURL}}).Run(w.now.Add(2 * time.Second)); !errors.Is(err, vault.ErrBusy) {
		t.Errorf("got %v", err)
	}
	if took, n := w.now.Sub(began), len(w.kv.Calls()); took > 2*time.Second || n < 3 || n > 20 {
		t.Errorf("it took %v and %d calls", took, n)
	}
	w.kv.Before = nil
	w.pass(time.Second)
	w.save("body")
	w.change(w.now, soft, changedURL)
	w.want(superseded)
}

// noCache is a cache that fails.
type noCache struct{ corecache.Cache }

func (noCache) Transact([]byte, corecache.LookupOptions) (corecache.Transaction, error) {
	return nil, errors.New("no cache")
}

func TestWithoutTheCacheEveryChangeIsRecorded(t *testing.T) {
	w := newWorld(t)
	w.vault = vault.New(settings(), w.kv, noCache{w.cache}, w.clock())
	for i := range 3 {
		w.save(fmt.Sprint("body ", i))
		w.change(w.now, soft, changedURL)
		w.want(superseded)
		w.pass(100 * time.Millisecond)
	}
	if n := count(w.kv, "insert"); n < 6 {
		t.Errorf("%d insertions of 3 copies and 3 changes", n)
	}
}
