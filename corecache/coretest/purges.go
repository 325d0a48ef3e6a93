package coretest

import (
	"testing"

	"larder/corecache"
)

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
		t.Error("a purge of a prefix of its key affected it")
	}
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
