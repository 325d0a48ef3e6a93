// Package coretest is what every [corecache.Cache] promises, as a test: the
// in-memory model passes it natively, the host passes it inside Viceroy, so
// that the two cannot drift apart.
//
// The host runs one request at a time in one thread, so nothing here waits
// for another goroutine; collapsing is tested on the model and end to end.
package coretest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"larder/corecache"
)

// Run tests the cache. Every case uses keys of its own, because the host's
// cache outlives a case.
func Run(t *testing.T, cache corecache.Cache) {
	for name, test := range map[string]func(*testing.T, bench){
		"a key that nobody inserted is not found":             testMiss,
		"what is inserted is found with its properties":       testInsert,
		"the body can be read again after it was closed":      testReadTwice,
		"a range has its first and its last byte":             testRange,
		"a range the wrong way round is an invalid argument":  testBadRange,
		"a long record comes back whole":                      testLongMetadata,
		"an empty body is found":                              testEmptyBody,
		"an initial age counts":                               testInitialAge,
		"no ttl and no stale window means not usable":         testUnusable,
		"no ttl and a stale window means stale at once":       testStaleAtOnce,
		"the length is unknown or right where nobody gave it": testUnknownLength,
		"an abandoned body gives an error":                    testAbandon,
		"variants are told apart by the headers vary names":   testVary,
		"a soft purge makes stale":                            testSoftPurge,
		"a hard purge removes":                                testHardPurge,
		"a purge leaves other keys alone":                     testPurgeOther,
		"a missing object obliges to insert":                  testTransactMiss,
		"a fresh object obliges to nothing":                   testTransactFresh,
		"a stale object obliges one caller to update":         testTransactStale,
		"an update replaces options and keeps the body":       testUpdate,
		"an update forgets surrogate keys it is not given":    testUpdateForgetsKeys,
		"a cancelled obligation passes on":                    testCancel,
		"a closed obligation passes on":                       testClose,
		"an insertion streams back what is written":           testStreamBack,
		"insertion without an obligation is refused":          testInsertWithoutObligation,
		"request headers in a transaction are refused":        testTransactionHeaders,
		"an insertion overtakes an obligation":                testInsertOvertakes,
		"a key of 4,096 bytes fits and a longer one does not": testKeyLimit,
		"surrogate keys past 16 KiB are refused, not cut":     testSurrogateKeyLimit,
		"a soft-purged object is fresh again after insertion": testInsertAfterPurge,
		"keys may hold any byte":                              testBinaryKey,
		"a writer that was closed ends the object":            testCloseTwice,
	} {
		t.Run(name, func(t *testing.T) {
			test(t, bench{Cache: cache, prefix: fmt.Sprintf("coretest %s %d ", name, time.Now().UnixNano())})
		})
	}
}

// bench gives a case its own corner of the cache.
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

func testMiss(t *testing.T, b bench) {
	_, err := b.Lookup(b.key("a"), corecache.LookupOptions{})
	wantError(t, "look up", err, corecache.ErrNotFound)
}

func testInsert(t *testing.T, b bench) {
	b.insert(t, b.key("a"), "content", corecache.WriteOptions{
		TTL: time.Hour, StaleWhileRevalidate: time.Minute,
		Length: 7, HasLength: true, UserMetadata: []byte("record\x00"),
	})
	f := b.find(t, b.key("a"), corecache.LookupOptions{})
	if f.Stale() {
		t.Error("it is stale")
	}
	age, err := f.Age()
	if ok(t, "age", err); age < 0 || age > time.Minute {
		t.Errorf("age %v", age)
	}
	ttl, err := f.TTL()
	if ok(t, "ttl", err); ttl != time.Hour {
		t.Errorf("ttl %v", ttl)
	}
	length, known, err := f.Length()
	if ok(t, "length", err); !known || length != 7 {
		t.Errorf("length %d, known %t", length, known)
	}
	metadata, err := f.UserMetadata()
	if ok(t, "metadata", err); string(metadata) != "record\x00" {
		t.Errorf("metadata %q", metadata)
	}
	wantBody(t, f, "content")
}

func testReadTwice(t *testing.T, b bench) {
	b.insert(t, b.key("a"), "content", lasting)
	f := b.find(t, b.key("a"), corecache.LookupOptions{})
	wantBody(t, f, "content")
	wantBody(t, f, "content")
}

func testRange(t *testing.T, b bench) {
	opts := lasting
	opts.Length, opts.HasLength = 10, true
	b.insert(t, b.key("a"), "0123456789", opts)
	f := b.find(t, b.key("a"), corecache.LookupOptions{})
	for _, r := range []struct {
		first, last uint64
		want        string
	}{{0, 0, "0"}, {0, 3, "0123"}, {4, 6, "456"}, {9, 9, "9"}} {
		body, err := f.Range(r.first, r.last)
		if got := read(t, body, err); got != r.want {
			t.Errorf("bytes %d to %d: %q, want %q", r.first, r.last, got, r.want)
		}
	}
}

func testBadRange(t *testing.T, b bench) {
	b.insert(t, b.key("a"), "0123456789", lasting)
	f := b.find(t, b.key("a"), corecache.LookupOptions{})
	_, err := f.Range(5, 4)
	wantError(t, "range", err, corecache.ErrInvalidArgument)
}

func testLongMetadata(t *testing.T, b bench) {
	record := strings.Repeat("0123456789abcdef", 2000)
	opts := lasting
	opts.UserMetadata = []byte(record)
	b.insert(t, b.key("a"), "content", opts)
	metadata, err := b.find(t, b.key("a"), corecache.LookupOptions{}).UserMetadata()
	if ok(t, "metadata", err); string(metadata) != record {
		t.Errorf("got %d bytes back of %d", len(metadata), len(record))
	}
}

func testEmptyBody(t *testing.T, b bench) {
	b.insert(t, b.key("a"), "", lasting)
	wantBody(t, b.find(t, b.key("a"), corecache.LookupOptions{}), "")
}

func testInitialAge(t *testing.T, b bench) {
	opts := lasting
	opts.InitialAge = 59 * time.Minute
	b.insert(t, b.key("a"), "content", opts)
	f := b.find(t, b.key("a"), corecache.LookupOptions{})
	if age, err := f.Age(); err != nil || age < 59*time.Minute || f.Stale() {
		t.Errorf("age %v, stale %t, error %v", age, f.Stale(), err)
	}
	opts.InitialAge = 61 * time.Minute
	b.insert(t, b.key("b"), "content", opts)
	if f := b.find(t, b.key("b"), corecache.LookupOptions{}); !f.Stale() {
		t.Error("an object older than its ttl is not stale")
	}
}

func testUnusable(t *testing.T, b bench) {
	b.insert(t, b.key("a"), "content", corecache.WriteOptions{})
	_, err := b.Lookup(b.key("a"), corecache.LookupOptions{})
	wantError(t, "look up", err, corecache.ErrNotFound)
}

func testStaleAtOnce(t *testing.T, b bench) {
	b.insert(t, b.key("a"), "content", corecache.WriteOptions{StaleWhileRevalidate: time.Hour})
	if f := b.find(t, b.key("a"), corecache.LookupOptions{}); !f.Stale() {
		t.Error("it is not stale")
	}
}

func testUnknownLength(t *testing.T, b bench) {
	b.insert(t, b.key("a"), "content", lasting)
	// The host may learn it once the body is complete.
	length, known, err := b.find(t, b.key("a"), corecache.LookupOptions{}).Length()
	if ok(t, "length", err); known && length != uint64(len("content")) {
		t.Errorf("the length is %d", length)
	}
}

func testAbandon(t *testing.T, b bench) {
	w, err := b.Insert(b.key("a"), lasting)
	ok(t, "insert", err)
	_, err = io.WriteString(w, "half of the con")
	ok(t, "write", err)
	ok(t, "abandon", w.Abandon())
	f, err := b.Lookup(b.key("a"), corecache.LookupOptions{})
	if errors.Is(err, corecache.ErrNotFound) {
		return
	}
	ok(t, "look up", err)
	defer f.Close()
	body, err := f.Body()
	if err != nil {
		return
	}
	defer body.Close()
	if got, err := io.ReadAll(body); err == nil {
		t.Errorf("read %q without an error", got)
	}
}

func testVary(t *testing.T, b bench) {
	german, french := http.Header{"Accept-Language": {"de"}}, http.Header{"Accept-Language": {"fr"}}
	for _, h := range []http.Header{german, french} {
		opts := lasting
		opts.Vary, opts.RequestHeader = []string{"Accept-Language"}, h
		b.insert(t, b.key("a"), h.Get("Accept-Language"), opts)
	}
	wantBody(t, b.find(t, b.key("a"), corecache.LookupOptions{RequestHeader: german}), "de")
	wantBody(t, b.find(t, b.key("a"), corecache.LookupOptions{RequestHeader: french}), "fr")
	_, err := b.Lookup(b.key("a"), corecache.LookupOptions{RequestHeader: http.Header{"Accept-Language": {"it"}}})
	wantError(t, "look up another variant", err, corecache.ErrNotFound)
	_, err = b.Lookup(b.key("a"), corecache.LookupOptions{})
	wantError(t, "look up no variant", err, corecache.ErrNotFound)
}

func testSoftPurge(t *testing.T, b bench) {
	opts := lasting
	opts.SurrogateKeys = []string{b.surrogate("x"), b.surrogate("y")}
	b.insert(t, b.key("a"), "content", opts)
	ok(t, "purge", b.Purge(b.surrogate("y"), true))
	f := b.find(t, b.key("a"), corecache.LookupOptions{})
	if !f.Stale() {
		t.Error("it is not stale")
	}
	wantBody(t, f, "content")
}

func testHardPurge(t *testing.T, b bench) {
	opts := lasting
	opts.SurrogateKeys = []string{b.surrogate("x"), b.surrogate("y")}
	b.insert(t, b.key("a"), "content", opts)
	ok(t, "purge", b.Purge(b.surrogate("x"), false))
	_, err := b.Lookup(b.key("a"), corecache.LookupOptions{})
	wantError(t, "look up", err, corecache.ErrNotFound)
}

func testPurgeOther(t *testing.T, b bench) {
	opts := lasting
	opts.SurrogateKeys = []string{b.surrogate("xx")}
	b.insert(t, b.key("a"), "content", opts)
	ok(t, "purge", b.Purge(b.surrogate("x"), false))
	if b.find(t, b.key("a"), corecache.LookupOptions{}).Stale() {
		t.Error("a purge of a key's beginning touched it")
	}
}

func testTransactMiss(t *testing.T, b bench) {
	tx := b.transact(t, b.key("a"))
	if _, err := tx.Found(); !errors.Is(err, corecache.ErrNotFound) {
		t.Fatalf("found: %v", err)
	}
	if !tx.MustInsertOrUpdate() {
		t.Fatal("nobody is obliged")
	}
	w, err := tx.Insert(lasting)
	ok(t, "insert", err)
	write(t, w, "content")
	wantBody(t, b.find(t, b.key("a"), corecache.LookupOptions{}), "content")
}

func testTransactFresh(t *testing.T, b bench) {
	b.insert(t, b.key("a"), "content", lasting)
	tx := b.transact(t, b.key("a"))
	if tx.MustInsertOrUpdate() {
		t.Error("somebody is obliged")
	}
	f, err := tx.Found()
	ok(t, "found", err)
	wantBody(t, f, "content")
}

func (b bench) purged(t *testing.T, name string) {
	t.Helper()
	opts := lasting
	opts.SurrogateKeys = []string{b.surrogate(name)}
	b.insert(t, b.key(name), "content", opts)
	ok(t, "purge", b.Purge(b.surrogate(name), true))
}

func testTransactStale(t *testing.T, b bench) {
	b.purged(t, "a")
	first, second := b.transact(t, b.key("a")), b.transact(t, b.key("a"))
	if !first.MustInsertOrUpdate() || second.MustInsertOrUpdate() {
		t.Errorf("obliged: first %t, second %t", first.MustInsertOrUpdate(), second.MustInsertOrUpdate())
	}
	f, err := second.Found()
	ok(t, "found by the second", err)
	wantBody(t, f, "content")
}

func testUpdate(t *testing.T, b bench) {
	b.purged(t, "a")
	tx := b.transact(t, b.key("a"))
	ok(t, "update", tx.Update(corecache.WriteOptions{TTL: 2 * time.Hour, UserMetadata: []byte("new")}))
	f := b.find(t, b.key("a"), corecache.LookupOptions{})
	if f.Stale() {
		t.Error("it is still stale")
	}
	if metadata, err := f.UserMetadata(); err != nil || string(metadata) != "new" {
		t.Errorf("metadata %q, error %v", metadata, err)
	}
	wantBody(t, f, "content")
}

func testUpdateForgetsKeys(t *testing.T, b bench) {
	b.purged(t, "a")
	ok(t, "update", b.transact(t, b.key("a")).Update(lasting))
	ok(t, "purge", b.Purge(b.surrogate("a"), false))
	wantBody(t, b.find(t, b.key("a"), corecache.LookupOptions{}), "content")
}

func testCancel(t *testing.T, b bench) {
	b.purged(t, "a")
	first := b.transact(t, b.key("a"))
	ok(t, "cancel", first.Cancel())
	if !b.transact(t, b.key("a")).MustInsertOrUpdate() {
		t.Error("the next is not obliged")
	}
}

func testClose(t *testing.T, b bench) {
	first, err := b.Transact(b.key("a"), corecache.LookupOptions{})
	ok(t, "transact", err)
	ok(t, "close", first.Close())
	if !b.transact(t, b.key("a")).MustInsertOrUpdate() {
		t.Error("the next is not obliged")
	}
}

func testStreamBack(t *testing.T, b bench) {
	w, f, err := b.transact(t, b.key("a")).InsertAndStreamBack(lasting)
	ok(t, "insert", err)
	defer f.Close()
	write(t, w, "content")
	wantBody(t, f, "content")
}

func testInsertWithoutObligation(t *testing.T, b bench) {
	b.insert(t, b.key("a"), "content", lasting)
	_, err := b.transact(t, b.key("a")).Insert(lasting)
	wantError(t, "insert", err, corecache.ErrInvalidOperation)
}

func testTransactionHeaders(t *testing.T, b bench) {
	opts := lasting
	opts.RequestHeader = http.Header{"Accept": {"a"}}
	_, err := b.transact(t, b.key("a")).Insert(opts)
	wantError(t, "insert", err, corecache.ErrInvalidArgument)
}

func testInsertOvertakes(t *testing.T, b bench) {
	tx := b.transact(t, b.key("a"))
	b.insert(t, b.key("a"), "overtaking", lasting)
	wantBody(t, b.find(t, b.key("a"), corecache.LookupOptions{}), "overtaking")
	w, err := tx.Insert(lasting)
	ok(t, "insert late", err)
	write(t, w, "late")
	wantBody(t, b.find(t, b.key("a"), corecache.LookupOptions{}), "late")
}

func testKeyLimit(t *testing.T, b bench) {
	key := []byte(b.prefix + strings.Repeat("k", corecache.MaxKey))[:corecache.MaxKey]
	b.insert(t, key, "content", lasting)
	wantBody(t, b.find(t, key, corecache.LookupOptions{}), "content")
	_, err := b.Lookup(append(key, 'k'), corecache.LookupOptions{})
	wantError(t, "look up", err, corecache.ErrInvalidArgument)
}

func testSurrogateKeyLimit(t *testing.T, b bench) {
	opts := lasting
	for i := range 200 {
		opts.SurrogateKeys = append(opts.SurrogateKeys, fmt.Sprintf("%03d-%s", i, strings.Repeat("x", 96)))
	}
	_, err := b.Insert(b.key("a"), opts)
	wantError(t, "insert", err, corecache.ErrInvalidArgument)
}

func testInsertAfterPurge(t *testing.T, b bench) {
	b.purged(t, "a")
	b.insert(t, b.key("a"), "new", lasting)
	f := b.find(t, b.key("a"), corecache.LookupOptions{})
	if f.Stale() {
		t.Error("it is stale")
	}
	wantBody(t, f, "new")
}

func testBinaryKey(t *testing.T, b bench) {
	b.insert(t, b.key("\x00\xff é"), "content", lasting)
	wantBody(t, b.find(t, b.key("\x00\xff é"), corecache.LookupOptions{}), "content")
}

func testCloseTwice(t *testing.T, b bench) {
	w, err := b.Insert(b.key("a"), lasting)
	ok(t, "insert", err)
	write(t, w, "content")
	ok(t, "close again", w.Close())
	wantBody(t, b.find(t, b.key("a"), corecache.LookupOptions{}), "content")
}
