// Package coretest is the contract suite for implementations of
// [corecache.Cache]. The in-memory model passes it natively and the host passes
// it in Viceroy, so that the two cannot diverge.
//
// The host handles one request at a time in one thread, so no test waits for
// another goroutine. Request collapsing is tested with the model and end to
// end.
package coretest

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"larder/corecache"
)

// Run tests a cache. Every case uses its own keys, because the host's cache
// outlives a case.
func Run(t *testing.T, cache corecache.Cache) {
	for name, test := range map[string]func(*testing.T, bench){
		"a key without an object is not found":                testMiss,
		"an inserted object is found with its properties":     testInsert,
		"the body can be read again after it was closed":      testReadTwice,
		"a range has its first and its last byte":             testRange,
		"a range the wrong way round is an invalid argument":  testBadRange,
		"a long record comes back whole":                      testLongMetadata,
		"an empty body is found":                              testEmptyBody,
		"an initial age counts":                               testInitialAge,
		"no ttl and no stale window means not usable":         testUnusable,
		"no ttl and a stale window means stale at once":       testStaleAtOnce,
		"a length that was not set is unknown or right":       testUnknownLength,
		"an abandoned body gives an error":                    testAbandon,
		"vary selects variants by request headers":            testVary,
		"a soft purge makes an object stale":                  testSoftPurge,
		"a hard purge removes an object":                      testHardPurge,
		"a purge does not affect other keys":                  testPurgeOther,
		"a missing object obliges the caller to insert":       testTransactMiss,
		"a fresh object does not oblige the caller":           testTransactFresh,
		"a stale object obliges one caller to update":         testTransactStale,
		"an update replaces options and keeps the body":       testUpdate,
		"an update without surrogate keys removes them":       testUpdateRemovesKeys,
		"a cancelled obligation passes on":                    testCancel,
		"a closed obligation passes on":                       testClose,
		"an insertion streams back what is written":           testStreamBack,
		"insertion without an obligation is refused":          testInsertWithoutObligation,
		"request headers in a transaction are refused":        testTransactionHeaders,
		"an insertion ignores another's obligation":           testInsertDuringTransaction,
		"a key of 4,096 bytes fits and a longer one does not": testKeyLimit,
		"surrogate keys past 16 KiB are refused, not cut":     testSurrogateKeyLimit,
		"a soft-purged object is fresh again after insertion": testInsertAfterPurge,
		"keys may hold any byte":                              testBinaryKey,
		"a writer may be closed twice":                        testCloseTwice,
	} {
		t.Run(name, func(t *testing.T) {
			test(t, bench{Cache: cache, prefix: fmt.Sprintf("coretest %s %d ", name, time.Now().UnixNano())})
		})
	}
}

// bench is a cache with keys for one case.
type bench struct {
	corecache.Cache
	prefix string
}

func (b bench) key(name string) []byte { return []byte(b.prefix + name) }

func (b bench) surrogate(name string) string {
	return strings.ReplaceAll(b.prefix, " ", "-") + name
}

func ok(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func wantError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%s: got error %v, want %v", what, err, want)
	}
}

func write(t *testing.T, w corecache.Writer, body string) {
	t.Helper()
	if _, err := io.WriteString(w, body); err != nil {
		t.Fatalf("write: %v", err)
	}
	ok(t, "close the writer", w.Close())
}

func (b bench) insert(t *testing.T, key []byte, body string, opts corecache.WriteOptions) {
	t.Helper()
	w, err := b.Insert(key, opts)
	ok(t, "insert", err)
	write(t, w, body)
}

func (b bench) find(t *testing.T, key []byte, opts corecache.LookupOptions) corecache.Found {
	t.Helper()
	f, err := b.Lookup(key, opts)
	ok(t, "look up", err)
	t.Cleanup(func() { ok(t, "close", f.Close()) })
	return f
}

func read(t *testing.T, r io.ReadCloser, err error) string {
	t.Helper()
	ok(t, "open the body", err)
	body, err := io.ReadAll(r)
	ok(t, "read the body", err)
	ok(t, "close the body", r.Close())
	return string(body)
}

func wantBody(t *testing.T, f corecache.Found, want string) {
	t.Helper()
	r, err := f.Body()
	if got := read(t, r, err); got != want {
		t.Fatalf("body %q, want %q", got, want)
	}
}

func (b bench) transact(t *testing.T, key []byte) corecache.Transaction {
	t.Helper()
	tx, err := b.Transact(key, corecache.LookupOptions{})
	ok(t, "transact", err)
	t.Cleanup(func() { ok(t, "close the transaction", tx.Close()) })
	return tx
}

var lasting = corecache.WriteOptions{TTL: time.Hour, StaleWhileRevalidate: time.Hour}
