package vault_test

import (
	"errors"
	"testing"
	"time"

	"larder/vault"
)

func TestAForgottenCopyIsGone(t *testing.T) {
	w := newWorld(t)
	w.save("body")
	for range 2 { // the second time there is nothing to remove
		if err := w.vault.Forget(cacheKey); err != nil {
			t.Fatal(err)
		}
	}
	w.want(none)
}

func TestContentThatComesBackIsSavedAgain(t *testing.T) {
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

func TestAFailureToForgetIsAnError(t *testing.T) {
	w := newWorld(t)
	failing(w.kv, 1, 100, vault.ErrBusy)
	if err := w.vault.Forget(cacheKey); !errors.Is(err, vault.ErrBusy) {
		t.Errorf("got %v", err)
	}
	w.kv.Before = nil
	if s := w.vault.Status(); s.LastError != "too-many-requests" || !s.Reachable {
		t.Errorf("got %+v", s)
	}
}
