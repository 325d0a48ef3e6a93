package coretest

import (
	"fmt"
	"strings"
	"testing"

	"larder/corecache"
)

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

func testBinaryKey(t *testing.T, b bench) {
	b.insert(t, b.key("\x00\xff é"), "content", lasting)
	wantBody(t, b.find(t, b.key("\x00\xff é"), corecache.LookupOptions{}), "content")
}
