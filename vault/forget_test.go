package vault_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"larder/corecache/coremodel"
	"larder/vault"
)

func TestAForgottenCopyIsGone(t *testing.T) {
	w := newWorld(t)
	w.save("body")
	for range 2 { // the second time there is nothing to remove
		if err := w.vault.Forget(cacheKey, nil); err != nil {
			t.Fatal(err)
		}
	}
	w.want(none)
}

func TestContentThatComesBackIsSavedAgain(t *testing.T) {
	w := newWorld(t)
	w.save("body", "post:a")
	if err := w.vault.Forget(cacheKey, nil); err != nil {
		t.Fatal(err)
	}
	w.want(none)
	w.pass(time.Second)
	w.save("body", "post:a")
	w.want(current)
}

// Anybody can ask for what does not exist.
func TestWithoutACopyNothingIsDeleted(t *testing.T) {
	w := newWorld(t)
	for i := range 50 {
		if err := w.vault.Forget(fmt.Append(nil, "key ", i%10), nil); err != nil {
			t.Fatal(err)
		}
	}
	if calls := w.kv.Calls(); len(calls) != 10 || calls[0].Op != "lookup" {
		t.Errorf("10 keys that have no copy, five times each: %v", calls)
	}
}

func TestACopyOfAnotherPOPIsForgotten(t *testing.T) {
	w := newWorld(t)
	w.save("body")
	w.cache = coremodel.New(w.clock().Now)
	w.vault = vault.New(settings(), w.kv, w.cache, w.clock())
	if err := w.vault.Forget(cacheKey, nil); err != nil {
		t.Fatal(err)
	}
	w.want(none)
}

// An item that is published again may be copied by any POP before it is gone
// again.
func TestAPurgeLetsTheCopyBeForgottenAgain(t *testing.T) {
	for _, soft := range []bool{soft, hard} {
		w := newWorld(t)
		if err := w.vault.Forget(cacheKey, []string{"post:a"}); err != nil {
			t.Fatal(err)
		}
		w.purgeCache("post:a", soft)
		elsewhere := vault.New(settings(), w.kv, coremodel.New(w.clock().Now), w.clock())
		if err := elsewhere.Save(cacheKey, "", w.answer("body", "post:a"), []byte("body"), w.now); err != nil {
			t.Fatal(err)
		}
		if err := w.vault.Forget(cacheKey, []string{"post:a"}); err != nil {
			t.Fatal(err)
		}
		w.want(none)
	}
}

func TestACopyThatCouldNotBeForgottenIsTriedAgainAfterFiveSeconds(t *testing.T) {
	w := newWorld(t)
	w.save("body")
	failing(w.kv, 1, 100, vault.ErrBusy)
	if err := w.vault.Forget(cacheKey, nil); !errors.Is(err, vault.ErrBusy) {
		t.Errorf("got %v", err)
	}
	w.kv.Before = nil
	w.pass(5 * time.Second)
	if err := w.vault.Forget(cacheKey, nil); err != nil {
		t.Fatal(err)
	}
	w.want(none)
}

func TestAFailureToForgetIsAnError(t *testing.T) {
	w := newWorld(t)
	failing(w.kv, 1, 100, vault.ErrBusy)
	if err := w.vault.Forget(cacheKey, nil); !errors.Is(err, vault.ErrBusy) {
		t.Errorf("got %v", err)
	}
	w.kv.Before = nil
	if s := w.vault.Status(); s.LastError != "too-many-requests" || !s.Reachable {
		t.Errorf("got %+v", s)
	}
}
