package coretest

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"larder/corecache"
)

func testTransactMiss(t *testing.T, b bench) {
	tx := b.transact(t, b.key("a"))
	if _, err := tx.Found(); !errors.Is(err, corecache.ErrNotFound) {
		t.Fatalf("found: %v", err)
	}
	if !tx.MustInsertOrUpdate() {
		t.Fatal("the caller is not obliged")
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
		t.Error("the caller is obliged")
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

func testUpdateRemovesKeys(t *testing.T, b bench) {
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
		t.Error("the next transaction is not obliged")
	}
}

func testClose(t *testing.T, b bench) {
	first, err := b.Transact(b.key("a"), corecache.LookupOptions{})
	ok(t, "transact", err)
	ok(t, "close", first.Close())
	if !b.transact(t, b.key("a")).MustInsertOrUpdate() {
		t.Error("the next transaction is not obliged")
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

func testInsertDuringTransaction(t *testing.T, b bench) {
	tx := b.transact(t, b.key("a"))
	b.insert(t, b.key("a"), "inserted", lasting)
	wantBody(t, b.find(t, b.key("a"), corecache.LookupOptions{}), "inserted")
	w, err := tx.Insert(lasting)
	ok(t, "insert late", err)
	write(t, w, "late")
	wantBody(t, b.find(t, b.key("a"), corecache.LookupOptions{}), "late")
}
