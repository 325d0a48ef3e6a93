package coremodel_test

import (
	"io"
	"sync"
	"testing"
	"time"

	"larder/corecache"
	"larder/corecache/coremodel"
	"larder/corecache/coretest"
)

func TestModel(t *testing.T) {
	cache := coremodel.New(nil)
	coretest.Run(t, cache)
	if open := cache.Open(); open != 0 {
		t.Errorf("%d handles were left open", open)
	}
}

func TestObjectsAgeByTheGivenClock(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	cache := coremodel.New(func() time.Time { return now })
	w, err := cache.Insert([]byte("k"), corecache.WriteOptions{TTL: time.Minute, StaleWhileRevalidate: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, at := range []struct {
		after time.Duration
		state string
	}{{59 * time.Second, "fresh"}, {60 * time.Second, "stale"}, {119 * time.Second, "stale"}, {120 * time.Second, "gone"}} {
		now = time.Unix(1_800_000_000, 0).Add(at.after)
		state := "gone"
		if f, err := cache.Lookup([]byte("k"), corecache.LookupOptions{}); err == nil {
			if state = "fresh"; f.Stale() {
				state = "stale"
			}
			if age, err := f.Age(); err != nil || age != at.after {
				t.Errorf("after %v: age %v, error %v", at.after, age, err)
			}
			_ = f.Close() // never fails on the model
		}
		if state != at.state {
			t.Errorf("after %v it is %s, want %s", at.after, state, at.state)
		}
	}
}

func TestOnlyOneOfManyConcurrentTransactionsIsObliged(t *testing.T) {
	cache := coremodel.New(nil)
	var mu sync.Mutex
	obliged := 0
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			tx, err := cache.Transact([]byte("k"), corecache.LookupOptions{})
			if err != nil {
				t.Error(err)
				return
			}
			defer tx.Close()
			if tx.MustInsertOrUpdate() {
				mu.Lock()
				obliged++
				mu.Unlock()
				w, err := tx.Insert(corecache.WriteOptions{TTL: time.Hour})
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := io.WriteString(w, "content"); err != nil {
					t.Error(err)
				}
				if err := w.Close(); err != nil {
					t.Error(err)
				}
				return
			}
			f, err := tx.Found()
			if err != nil {
				t.Error(err)
				return
			}
			body, err := f.Body()
			if err != nil {
				t.Error(err)
				return
			}
			defer body.Close()
			if got, err := io.ReadAll(body); err != nil || string(got) != "content" {
				t.Errorf("read %q, error %v", got, err)
			}
		})
	}
	all.Wait()
	if obliged != 1 {
		t.Errorf("%d callers were obliged, want 1", obliged)
	}
	if open := cache.Open(); open != 0 {
		t.Errorf("%d handles were left open", open)
	}
}
