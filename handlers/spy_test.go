package handlers

import (
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"larder/corecache"
)

// spy is a cache that a test can break or interrupt.
type spy struct {
	corecache.Cache
	mu           sync.Mutex
	beforeLookup func(key []byte) error
	fail         error
}

func (s *spy) Lookup(key []byte, opts corecache.LookupOptions) (corecache.Found, error) {
	s.mu.Lock()
	before, fail := s.beforeLookup, s.fail
	s.mu.Unlock()
	if fail != nil {
		return nil, fail
	}
	if before != nil {
		if err := before(key); err != nil {
			return nil, err
		}
	}
	return s.Cache.Lookup(key, opts)
}

func (s *spy) Insert(key []byte, opts corecache.WriteOptions) (corecache.Writer, error) {
	if s.fail != nil {
		return nil, s.fail
	}
	return s.Cache.Insert(key, opts)
}

func (s *spy) Transact(key []byte, opts corecache.LookupOptions) (corecache.Transaction, error) {
	if s.fail != nil {
		return nil, s.fail
	}
	return s.Cache.Transact(key, opts)
}

// onLookup runs f once, before the next lookup of a key with the prefix.
func (s *spy) onLookup(prefix string, f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beforeLookup = func(key []byte) error {
		if !strings.HasPrefix(string(key), prefix) {
			return nil
		}
		s.mu.Lock()
		s.beforeLookup = nil
		s.mu.Unlock()
		f()
		return nil
	}
}

// onSecondLookup is the same for the second one: a fetch checks its lease
// before and after it inserts its entry.
func (s *spy) onSecondLookup(prefix string, f func()) {
	s.onLookup(prefix, func() { s.onLookup(prefix, f) })
}

// keyOf returns the key that a request looks up first.
func (s *spy) keyOf(request func()) []byte {
	var key []byte
	s.mu.Lock()
	s.beforeLookup = func(k []byte) error {
		if key == nil {
			key = slices.Clone(k)
		}
		return nil
	}
	s.mu.Unlock()
	request()
	s.mu.Lock()
	s.beforeLookup = nil
	s.mu.Unlock()
	return key
}

// slowPurges take a millisecond, as those of a host do.
type slowPurges struct{ corecache.Cache }

func (c *slowPurges) Purge(key string, soft bool) error {
	time.Sleep(time.Millisecond)
	return c.Cache.Purge(key, soft)
}

// hookedCache runs a hook before each insertion outside transactions, and before
// the inserted body is complete.
type hookedCache struct {
	corecache.Cache
	onInsert, onClose func(key []byte)
}

type hookedWriter struct {
	corecache.Writer
	hook func()
}

func (c *hookedCache) Insert(key []byte, opts corecache.WriteOptions) (corecache.Writer, error) {
	c.onInsert(key)
	w, err := c.Cache.Insert(key, opts)
	if err != nil {
		return nil, err
	}
	return &hookedWriter{w, func() { c.onClose(key) }}, nil
}

func (w *hookedWriter) Close() error {
	w.hook()
	return w.Writer.Close()
}

// noRoom is a cache that refuses to spool large bodies.
type noRoom struct{ corecache.Cache }

func (c noRoom) Insert(key []byte, opts corecache.WriteOptions) (corecache.Writer, error) {
	if strings.Contains(string(key), "\nspool\n") {
		return nil, errors.New("no room")
	}
	return c.Cache.Insert(key, opts)
}

// full is a cache that fails while a large body is written.
type full struct{ corecache.Cache }

func (c full) Insert(key []byte, opts corecache.WriteOptions) (corecache.Writer, error) {
	w, err := c.Cache.Insert(key, opts)
	return fullWriter{w}, err
}

type fullWriter struct{ corecache.Writer }

func (w fullWriter) Write(p []byte) (int, error) {
	if len(p) > 512 {
		return 0, errors.New("full")
	}
	return w.Writer.Write(p)
}

// countedPurges is a cache that counts the purges of each key.
type countedPurges struct {
	corecache.Cache
	of map[string]int
}

func (c countedPurges) Purge(key string, soft bool) error {
	c.of[key]++
	return c.Cache.Purge(key, soft)
}

// readings counts how often bodies are read out of the cache.
type readings struct {
	corecache.Cache
	n int
}

func (c *readings) Lookup(key []byte, opts corecache.LookupOptions) (corecache.Found, error) {
	found, err := c.Cache.Lookup(key, opts)
	if err != nil {
		return nil, err
	}
	return &reading{found, c}, nil
}

type reading struct {
	corecache.Found
	of *readings
}

func (r *reading) Body() (io.ReadCloser, error) {
	r.of.n++
	return r.Found.Body()
}
