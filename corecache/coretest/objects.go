package coretest

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"larder/corecache"
)

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
	// The host may know it once the body is complete.
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

func testCloseTwice(t *testing.T, b bench) {
	w, err := b.Insert(b.key("a"), lasting)
	ok(t, "insert", err)
	write(t, w, "content")
	ok(t, "close again", w.Close())
	wantBody(t, b.find(t, b.key("a"), corecache.LookupOptions{}), "content")
}
