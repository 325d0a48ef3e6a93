package vault_test

import (
	"testing"
	"time"

	"larder/corecache/coremodel"
	"larder/vault"
	"larder/vault/kvmodel"
)

// Writes that fail now and then, and reads that are behind, are a KV Store's
// normal service.

func TestOneFailedWriteDoesNotCostACopy(t *testing.T) {
	for _, err := range []error{vault.ErrBusy, vault.ErrUnavailable} {
		w := newWorld(t)
		failing(w.kv, 1, 1, err)
		w.save("body")
		w.want(current)
	}
}

// The second purge sees the log of before the first one for two seconds.
func TestPurgesThatFollowEachOtherAreBothNoted(t *testing.T) {
	w := newWorld(t)
	w.save("body", "post:a")
	w.pass(time.Hour)
	written := map[string]time.Time{}
	w.kv.Lags = func(key string) bool { return w.now.Sub(written[key]) < 2*time.Second }
	w.kv.Before = func(c kvmodel.Call) error {
		w.pass(20 * time.Millisecond)
		if _, ok := written[c.Key]; !ok && c.Op == "insert" {
			written[c.Key] = w.now
		}
		return nil
	}
	w.purge("post:a", soft)
	w.pass(500 * time.Millisecond)
	w.purge("post:a", hard)
	w.want(none)
}

func TestADeletionIsNotedByASandboxThatMissesTheStore(t *testing.T) {
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

// A copy without the key would outlive a deletion of it.
func TestTheSameContentWithMoreKeysIsCopiedAgain(t *testing.T) {
	w := newWorld(t)
	w.save("body", "post:a")
	w.pass(15 * time.Second)
	w.save("body", "post:a", "author:ada")
	w.pass(15 * time.Second)
	w.purge("author:ada", hard)
	w.want(none)
}

func TestWhatComesBackIsCopiedAgain(t *testing.T) {
	w := newWorld(t)
	w.save("body", "post:a")
	if err := w.vault.Forget(cacheKey); err != nil {
		t.Fatal(err)
	}
	w.want(none)
	w.pass(time.Second)
	w.save("body", "post:a")
	w.want(current)
}

// An older copy is no better than the answer that may not be given stale.
func TestAnAnswerThatForbidsStaleCopiesRemovesTheLastOne(t *testing.T) {
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

// During an import every fetch may be overtaken.
func TestWhatAPurgeHasOvertakenIsCopiedAndWhatComesNextToo(t *testing.T) {
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
