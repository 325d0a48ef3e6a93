package vault_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"larder/vault"
	"larder/vault/kvmodel"
)

func kvErrors() []error {
	return []error{vault.ErrConflict, vault.ErrNoStore, vault.ErrBusy, vault.ErrTooLarge, vault.ErrUnavailable, errors.New("something else")}
}

// failing makes calls fail: many of them, beginning with call number from.
func failing(kv *kvmodel.KV, from, many int, err error) {
	n := 0
	kv.Before = func(kvmodel.Call) error {
		n++
		if n >= from && n < from+many {
			return err
		}
		return nil
	}
}

// everywhere returns keys that are spread over all of a tenant's logs.
func everywhere() []string {
	var keys []string
	for i := range 100 {
		keys = append(keys, "post:"+strconv.Itoa(i))
	}
	return keys
}

func TestALoadSurvivesOneFailureOfTheStore(t *testing.T) {
	for _, err := range kvErrors() {
		for call := 1; call < vault.MaxLoadCalls; call++ {
			t.Run(err.Error()+" at call "+strconv.Itoa(call), func(t *testing.T) {
				w := newWorld(t)
				w.save("body", everywhere()...)
				w.kv.Calls()
				once := current
				if errors.Is(err, vault.ErrNoStore) {
					once = none
				}
				failing(w.kv, call, 1, err)
				w.want(once)
				if n := len(w.kv.Calls()); n > vault.MaxLoadCalls {
					t.Errorf("%d calls", n)
				}
				failing(w.kv, call, 100, err)
				w.want(none)
				if n := len(w.kv.Calls()); n > vault.MaxLoadCalls {
					t.Errorf("%d calls", n)
				}
			})
		}
	}
}

func TestALoadMakesAtMostMaxLoadCalls(t *testing.T) {
	w := newWorld(t)
	w.save("body", everywhere()...)
	w.kv.Calls()
	failing(w.kv, 3, 1, vault.ErrUnavailable)
	w.want(current)
	if n := len(w.kv.Calls()); n != vault.MaxLoadCalls {
		t.Errorf("%d calls", n)
	}
}

func TestAFailedSaveIsTriedAgainAfterFiveSeconds(t *testing.T) {
	for _, err := range kvErrors() {
		t.Run(err.Error(), func(t *testing.T) {
			w := newWorld(t)
			failing(w.kv, 1, 100, err)
			began := w.now
			if got := w.vault.Save(cacheKey, "", w.answer("body"), []byte("body"), w.now); !errors.Is(got, err) {
				t.Errorf("got %v", got)
			}
			n, took := len(w.kv.Calls()), w.now.Sub(began)
			if useless := errors.Is(err, vault.ErrNoStore) || errors.Is(err, vault.ErrTooLarge); useless != (n == 1) || took > time.Second {
				t.Errorf("%d calls in %v", n, took)
			}
			w.kv.Before = nil
			w.save("body")
			if n := len(w.kv.Calls()); n != 0 {
				t.Errorf("tried again at once: %d calls", n)
			}
			if errors.Is(err, vault.ErrNoStore) {
				return
			}
			w.pass(5 * time.Second)
			w.save("body")
			w.want(current)
		})
	}
}

func TestAPurgeThatCannotBeRecordedIsAnError(t *testing.T) {
	for _, err := range kvErrors() {
		if errors.Is(err, vault.ErrNoStore) {
			continue
		}
		t.Run(err.Error(), func(t *testing.T) {
			w := newWorld(t)
			failing(w.kv, 1, 100, err)
			if got := w.record(named("", hard, "post:a")); !errors.Is(got, err) {
				t.Errorf("got %v", got)
			}
			n := len(w.kv.Calls())
			if errors.Is(err, vault.ErrTooLarge) {
				if n != 1 {
					t.Errorf("%d calls, although trying again is useless", n)
				}
				return
			}
			if n < 10 || n > 30 {
				t.Errorf("%d calls", n)
			}
			failing(w.kv, 1, 7, err)
			if got := w.record(named("", hard, "post:a")); got != nil {
				t.Errorf("got %v", got)
			}
		})
	}
}

// A KV Store fails some writes in normal service.
func TestAFailedWriteIsRepeated(t *testing.T) {
	for _, err := range []error{vault.ErrBusy, vault.ErrUnavailable} {
		w := newWorld(t)
		failing(w.kv, 1, 1, err)
		w.save("body")
		w.want(current)
	}
}

func TestALoadGivesUpOnASlowStore(t *testing.T) {
	w := newWorld(t)
	w.save("body", everywhere()...)
	w.kv.Calls()
	w.kv.Before = func(kvmodel.Call) error { w.pass(600 * time.Millisecond); return nil }
	w.want(none)
	if n := len(w.kv.Calls()); n != 7 {
		t.Errorf("%d calls", n)
	}
	if s := w.vault.Status(); s.LastError != "slow" {
		t.Errorf("got %+v", s)
	}
	w.kv.Before = func(kvmodel.Call) error { w.pass(100 * time.Millisecond); return nil }
	w.want(current)
}

// Every key may be that slow at a cold POP.
func TestALoadWaitsForAStoreThatFetchesEveryKey(t *testing.T) {
	w := newWorld(t)
	w.save("body", everywhere()...)
	w.kv.Calls()
	failing := true
	w.kv.Before = func(kvmodel.Call) error {
		w.pass(300 * time.Millisecond)
		if failing {
			failing = false
			return vault.ErrUnavailable
		}
		return nil
	}
	w.want(current)
	if n := len(w.kv.Calls()); n != vault.MaxLoadCalls {
		t.Errorf("%d calls", n)
	}
}
