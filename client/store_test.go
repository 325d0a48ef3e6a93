package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fakeStore is a Store in memory that can fail or hang.
type fakeStore struct {
	mu     sync.Mutex
	values map[string][]byte
	err    error
	hang   bool
	gets   int
	sets   int
}

func newFakeStore() *fakeStore { return &fakeStore{values: map[string][]byte{}} }

func (s *fakeStore) behave(err error, hang bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err, s.hang = err, hang
}

// wait hangs past any deadline, as a client does that does not know of it.
func (s *fakeStore) wait() error {
	s.mu.Lock()
	hang, err := s.hang, s.err
	s.mu.Unlock()
	if hang {
		time.Sleep(10 * time.Second)
		return errors.New("i/o timeout")
	}
	return err
}

func (s *fakeStore) Get(_ context.Context, key string) ([]byte, bool, error) {
	err := s.wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gets++
	value, ok := s.values[key]
	return value, ok && err == nil, err
}

func (s *fakeStore) Set(_ context.Context, key string, value []byte, _ time.Duration) error {
	err := s.wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sets++; err == nil {
		s.values[key] = value
	}
	return err
}

func TestAnotherProcessFindsWhatIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, larder("hello"))
		store := newFakeStore()
		one := &Transport{Hosts: []string{first}, Base: n, Store: store}
		get(t, one, first+"/a")
		if err := one.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		n.down()
		time.Sleep(time.Minute)
		two := &Transport{Hosts: []string{first}, Base: n, Store: store}
		if r := get(t, two, first+"/a"); r.body != "hello" || r.age != time.Minute {
			t.Errorf("the answer is %q, %v old", r.body, r.age)
		}
		store.behave(errors.New("gone"), false) // memory has it now
		get(t, two, first+"/a").want(t, 200, "hello", true)
	})
}

func TestTheLatestOfMemoryAndStoreIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		store := newFakeStore()
		one := &Transport{Hosts: []string{first}, Base: n, Store: store}
		two := &Transport{Hosts: []string{first}, Base: n, Store: store}
		n.at(first, larder("old"))
		get(t, one, first+"/a")
		time.Sleep(time.Minute)
		n.at(first, larder("new"))
		get(t, two, first+"/a")
		if err := two.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		n.down()
		get(t, one, first+"/a").want(t, 200, "new", true)
	})
}

func TestAStoreIsNotOnTheRequestsPath(t *testing.T) {
	for name, broken := range map[string]*fakeStore{"hanging": {hang: true}, "failing": {err: errors.New("down")}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := newNetwork()
				n.at(first, larder("hello"))
				broken.values = map[string][]byte{}
				rt := &Transport{Hosts: []string{first}, Base: n, Store: broken}
				start := time.Now()
				for i := range 100 {
					get(t, rt, fmt.Sprintf("%s/%d", first, i))
				}
				if took := time.Since(start); took > 0 || broken.gets > 0 {
					t.Errorf("100 requests waited %v for it and read %d times", took, broken.gets)
				}
				// In an outage, one read waits a little; then the Store rests.
				n.down()
				start = time.Now()
				for i := range 100 {
					get(t, rt, fmt.Sprintf("%s/%d", first, i)).want(t, 200, "hello", true)
				}
				if took := time.Since(start); took > storeTimeout {
					t.Errorf("100 requests waited %v for it", took)
				}
				time.Sleep(time.Hour) // until all is given up
			})
		})
	}
}

func TestWhatCouldNotBeWrittenIsWrittenLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, larder("hello"))
		store := newFakeStore()
		store.behave(errors.New("down"), false)
		rt := &Transport{Hosts: []string{first}, Base: n, Store: store}
		for i := range 10 {
			get(t, rt, fmt.Sprintf("%s/%d", first, i))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if err := rt.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %v", err)
		}
		store.behave(nil, false)
		if err := rt.Flush(t.Context()); err != nil || len(store.values) != 10 {
			t.Errorf("the store has %d answers: %v", len(store.values), err)
		}
	})
}

func TestAnUnchangedAnswerIsNotWrittenEachTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, larder("hello"))
		store := newFakeStore()
		rt := &Transport{Hosts: []string{first}, Base: n, Store: store}
		for range 600 {
			get(t, rt, first+"/a")
			synctest.Wait()
			time.Sleep(time.Second)
		}
		if store.sets < 9 || store.sets > 11 {
			t.Errorf("ten minutes of confirmations were written %d times, want 10", store.sets)
		}
	})
}

func TestADamagedValueIsNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, larder("hello"))
		store := newFakeStore()
		rt := &Transport{Hosts: []string{first}, Base: n, Store: store}
		get(t, rt, first+"/a")
		if err := rt.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		n.down()
		for key, whole := range store.values {
			for i := range whole {
				damaged := bytes.Clone(whole)
				damaged[i] ^= 1
				for _, value := range [][]byte{damaged, whole[:i]} {
					store.values[key] = value
					other := &Transport{Hosts: []string{first}, Base: n, Store: store, Retries: -1}
					wantNoAnswer(t, other, request(t, "GET", first+"/a"))
				}
			}
		}
	})
}

func TestTheStoreShowsNeitherURLsNorCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, says(200, "content", "Vary: Cookie"))
		store := newFakeStore()
		rt := &Transport{Hosts: []string{first}, Base: n, Store: store}
		get(t, rt, first+"/path?auth_token=hunter2", "Authorization: Bearer hunter2", "Cookie: a=hunter2")
		if err := rt.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		for key, value := range store.values {
			if text := key + string(value); strings.Contains(text, "hunter2") || strings.Contains(text, "/path") {
				t.Errorf("the store has %q", text)
			}
		}
	})
}

func newKey(t *testing.T) []byte {
	t.Helper()
	key := make([]byte, 32)
	rand.Read(key)
	return key
}

func TestEncryptedValues(t *testing.T) {
	inner := newFakeStore()
	encrypt := func(keys ...[]byte) Store {
		store, err := Encrypt(inner, keys...)
		if err != nil {
			t.Fatal(err)
		}
		return store
	}
	older, newer, other := newKey(t), newKey(t), newKey(t)
	ctx := t.Context()
	if err := encrypt(older).Set(ctx, "a", []byte("content"), time.Hour); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(inner.values["a"], []byte("content")) {
		t.Error("the value is not encrypted")
	}
	for name, test := range map[string]struct {
		store Store
		key   string
		want  bool
	}{
		"the same key": {encrypt(older), "a", true}, "a new key in front": {encrypt(newer, older), "a", true},
		"another key": {encrypt(other), "a", false}, "moved to another entry": {encrypt(older), "b", false},
	} {
		inner.values["b"] = inner.values["a"]
		value, ok, err := test.store.Get(ctx, test.key)
		if err != nil || ok != test.want || ok && string(value) != "content" {
			t.Errorf("%s: %q, %v, %v", name, value, ok, err)
		}
	}
	for _, keys := range [][][]byte{nil, {[]byte("short")}, {newer, nil}} {
		if _, err := Encrypt(inner, keys...); err == nil {
			t.Errorf("%d keys of wrong sizes are no error", len(keys))
		}
	}
}

func TestDiskKeepsWhatIsWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	one, err := Disk(dir, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	for _, value := range []string{"first", "second"} {
		if err := one.Set(ctx, "a", []byte(value), time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if err := one.Set(ctx, "old", []byte("x"), -time.Second); err != nil {
		t.Fatal(err)
	}
	two, err := Disk(dir, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if value, ok, err := two.Get(ctx, "a"); string(value) != "second" || !ok || err != nil {
		t.Errorf("another process finds %q, %v, %v", value, ok, err)
	}
	for _, key := range []string{"old", "none"} {
		if _, ok, err := two.Get(ctx, key); ok || err != nil {
			t.Errorf("%s: %v, %v", key, ok, err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "a"+suffix))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v: %v", info.Mode(), err)
	}
}

func TestDiskIsBounded(t *testing.T) {
	dir := t.TempDir()
	abandoned := filepath.Join(dir, "new-1")
	if err := errors.Join(os.WriteFile(abandoned, nil, 0o600), os.Chtimes(abandoned, time.Time{}, time.Now().Add(-time.Hour))); err != nil {
		t.Fatal(err)
	}
	var stores [3]Store // three processes
	for i := range stores {
		store, err := Disk(dir, 100_000)
		if err != nil {
			t.Fatal(err)
		}
		stores[i] = store
	}
	value := make([]byte, 1000)
	for i := range 600 {
		if err := stores[i%3].Set(t.Context(), fmt.Sprint(i), value, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) > 100+3*100/16 || len(files) < 50 {
		t.Errorf("there are %d files of 1000 bytes", len(files))
	}
	if _, ok, _ := stores[0].Get(t.Context(), "599"); !ok {
		t.Error("the latest value is gone")
	}
	if _, err := os.Stat(abandoned); err == nil {
		t.Error("the abandoned file is still there")
	}
	if err := stores[0].Set(t.Context(), "large", make([]byte, 200_000), time.Hour); err != nil {
		t.Error(err)
	}
	if _, ok, _ := stores[0].Get(t.Context(), "large"); ok {
		t.Error("a value is larger than the store")
	}
}
