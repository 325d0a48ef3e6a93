// Package kvtest tests what every [vault.KV] promises. The in-memory model runs
// it natively and the real store inside Viceroy, so that the two cannot drift
// apart.
package kvtest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"larder/vault"
)

// Run tests the store. Every case uses a key of its own, because the store
// outlives it.
func Run(t *testing.T, kv vault.KV) {
	for name, test := range map[string]func(*testing.T, bench){
		"a key that was never inserted is not found":         testMiss,
		"an inserted value is found":                         testInsert,
		"an empty value is found":                            testEmpty,
		"a value of a megabyte may hold any byte":            testLargeValue,
		"an insertion replaces the value":                    testReplace,
		"an insertion that expects another state conflicts":  testConflict,
		"an insertion that expects this state succeeds":      testMatch,
		"an insertion that expects no entry finds one":       testAbsentConflict,
		"an insertion that expects no entry finds none":      testAbsent,
		"a deleted key is not found":                         testDelete,
		"deleting a missing key succeeds or is not found":    testDeleteMissing,
		"an entry with a time to live is there at once":      testTTL,
		"an entry goes when its time to live is over":        testShortTTL,
		"a deleted key can be inserted as if it were new":    testInsertAfterDelete,
		"each state of an entry has a generation of its own": testGenerations,
	} {
		t.Run(name, func(t *testing.T) {
			key := fmt.Sprintf("kvtest/%s/%d", strings.ReplaceAll(name, " ", "-"), time.Now().UnixNano())
			test(t, bench{KV: kv, key: key})
		})
	}
}

type bench struct {
	vault.KV
	key string
}

func (b bench) insert(t *testing.T, value string) {
	t.Helper()
	if err := b.Insert(b.key, []byte(value), vault.InsertOptions{}); err != nil {
		t.Fatal(err)
	}
}

func (b bench) lookup(t *testing.T) vault.Entry {
	t.Helper()
	entry, err := b.Lookup(b.key)
	if err != nil {
		t.Fatal(err)
	}
	if entry.Generation == 0 {
		t.Error("the generation is zero")
	}
	return entry
}

func (b bench) want(t *testing.T, value string) {
	t.Helper()
	if got := b.lookup(t); string(got.Value) != value {
		t.Errorf("got %q, want %q", got.Value, value)
	}
}

func wantError(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func testMiss(t *testing.T, b bench) {
	_, err := b.Lookup(b.key)
	wantError(t, err, vault.ErrNotFound)
}

func testInsert(t *testing.T, b bench) {
	b.insert(t, "value")
	b.want(t, "value")
}

func testEmpty(t *testing.T, b bench) {
	b.insert(t, "")
	b.want(t, "")
}

func testLargeValue(t *testing.T, b bench) {
	value := make([]byte, 1<<20)
	for i := range value {
		value[i] = byte(i * 7)
	}
	if err := b.Insert(b.key, value, vault.InsertOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := b.lookup(t).Value; !bytes.Equal(got, value) {
		t.Errorf("%d bytes came back changed", len(got))
	}
}

func testReplace(t *testing.T, b bench) {
	b.insert(t, "old")
	b.insert(t, "new")
	b.want(t, "new")
}

func testConflict(t *testing.T, b bench) {
	b.insert(t, "old")
	old := b.lookup(t).Generation
	b.insert(t, "new")
	wantError(t, b.Insert(b.key, []byte("late"), vault.InsertOptions{IfGeneration: old}), vault.ErrConflict)
	b.want(t, "new")
}

func testMatch(t *testing.T, b bench) {
	b.insert(t, "old")
	if err := b.Insert(b.key, []byte("new"), vault.InsertOptions{IfGeneration: b.lookup(t).Generation}); err != nil {
		t.Fatal(err)
	}
	b.want(t, "new")
}

func testAbsentConflict(t *testing.T, b bench) {
	b.insert(t, "old")
	wantError(t, b.Insert(b.key, []byte("new"), vault.InsertOptions{IfAbsent: true}), vault.ErrConflict)
	b.want(t, "old")
}

func testAbsent(t *testing.T, b bench) {
	if err := b.Insert(b.key, []byte("first"), vault.InsertOptions{IfAbsent: true}); err != nil {
		t.Fatal(err)
	}
	b.want(t, "first")
}

func testDelete(t *testing.T, b bench) {
	b.insert(t, "value")
	if err := b.Delete(b.key); err != nil {
		t.Fatal(err)
	}
	_, err := b.Lookup(b.key)
	wantError(t, err, vault.ErrNotFound)
}

func testDeleteMissing(t *testing.T, b bench) {
	if err := b.Delete(b.key); err != nil {
		wantError(t, err, vault.ErrNotFound)
	}
}

func testTTL(t *testing.T, b bench) {
	if err := b.Insert(b.key, []byte("value"), vault.InsertOptions{TTL: time.Hour}); err != nil {
		t.Fatal(err)
	}
	b.want(t, "value")
}

func testShortTTL(t *testing.T, b bench) {
	if err := b.Insert(b.key, []byte("value"), vault.InsertOptions{TTL: time.Second}); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); <-time.After(20 * time.Millisecond) {
		if _, err := b.Lookup(b.key); err != nil {
			wantError(t, err, vault.ErrNotFound)
			return
		}
	}
	t.Error("it is still there")
}

func testInsertAfterDelete(t *testing.T, b bench) {
	b.insert(t, "old")
	if err := b.Delete(b.key); err != nil {
		t.Fatal(err)
	}
	if err := b.Insert(b.key, []byte("new"), vault.InsertOptions{IfAbsent: true}); err != nil {
		t.Fatal(err)
	}
	b.want(t, "new")
}

func testGenerations(t *testing.T, b bench) {
	seen := map[uint64]bool{}
	for range 3 {
		b.insert(t, "value")
		seen[b.lookup(t).Generation] = true
	}
	if len(seen) != 3 {
		t.Errorf("three states have %d generations", len(seen))
	}
}
