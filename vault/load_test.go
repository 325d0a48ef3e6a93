package vault_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"larder/vault"
	"larder/vault/kvmodel"
)

func kvErrors() []error {
	return []error{vault.ErrConflict, vault.ErrNoStore, vault.ErrBusy, vault.ErrTooLarge, vault.ErrUnavailable, errors.New("something else")}
}

// failing lets the calls from the nth on fail, so many of them.
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

// everywhere are keys whose purges are noted in all logs.
func everywhere() []string {
	var keys []string
	for i := range 100 {
		keys = append(keys, "post:"+strconv.Itoa(i))
	}
	return keys
}

func TestNoFailureOfTheStoreBreaksARead(t *testing.T) {
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

func TestAReadUsesAllOfItsCallsAndNoMore(t *testing.T) {
	w := newWorld(t)
	w.save("body", everywhere()...)
	w.kv.Calls()
	failing(w.kv, 3, 1, vault.ErrUnavailable)
	w.want(current)
	if n := len(w.kv.Calls()); n != vault.MaxLoadCalls {
		t.Errorf("%d calls", n)
	}
}

func TestNoFailureOfTheStoreBreaksAWrite(t *testing.T) {
	for _, err := range kvErrors() {
		t.Run(err.Error(), func(t *testing.T) {
			w := newWorld(t)
			failing(w.kv, 1, 100, err)
			began := w.now
			if got := w.vault.Save(cacheKey, "", w.answer("body"), []byte("body"), w.now); !errors.Is(got, err) {
				t.Errorf("got %v", got)
			}
			n, took := len(w.kv.Calls()), w.now.Sub(began)
			if vain := errors.Is(err, vault.ErrNoStore) || errors.Is(err, vault.ErrTooLarge); vain != (n == 1) || took > time.Second {
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

func TestAPurgeThatCannotBeNotedIsAnError(t *testing.T) {
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
					t.Errorf("%d calls, though nothing else can come of it", n)
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

func TestASlowStoreIsLeftAlone(t *testing.T) {
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

// All keys of a cold place may be as slow as that.
func TestAStoreThatHasToFetchEachKeyIsWaitedFor(t *testing.T) {
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

func TestAnUnreadableCopyIsNotServed(t *testing.T) {
	tests := []struct {
		name   string
		change func(value []byte) []byte
	}{
		{"empty", func([]byte) []byte { return nil }},
		{"of another version", func(v []byte) []byte { return append([]byte{99}, v[1:]...) }},
		{"cut short in its head", func(v []byte) []byte { return v[:12] }},
		{"cut short in its record", func(v []byte) []byte { return v[:40] }},
		{"with a longer prefix than there are bytes", func(v []byte) []byte { v[9] = 255; return v[:100] }},
		{"with a record of another version", func(v []byte) []byte { v[14] = 99; return v }},
		{"cut short in its body", func(v []byte) []byte { return v[:len(v)-1] }},
		{"with a byte too many", func(v []byte) []byte { return append(v, 'x') }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.save("body", "post:a")
			name := w.kv.Keys()[0]
			entry, err := w.kv.Lookup(name)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.kv.Insert(name, test.change(entry.Value), vault.InsertOptions{}); err != nil {
				t.Fatal(err)
			}
			_, err = w.vault.Load(cacheKey, "")
			if !errors.Is(err, vault.ErrNone) || !strings.Contains(err.Error(), "unreadable") {
				t.Errorf("got %v", err)
			}
		})
	}
}
