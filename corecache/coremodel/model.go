// Package coremodel is an in-memory model of the Core Cache for tests without a
// host, with a clock that tests control.
//
// It fulfils the host's contract (see package coretest). Where the documentation
// leaves a question open, it behaves like Viceroy 0.22.0: a lookup finds an
// object while its age is less than TTL plus stale window; a purge does not
// affect an object that is not inserted yet; transactions that wait for an
// insertion wait for its options, not for its body.
package coremodel

import (
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"larder/corecache"
)

// Cache is the model. The zero value is not usable; see [New].
type Cache struct {
	now     func() time.Time
	mu      sync.Mutex
	changed *sync.Cond
	slots   map[string]*slot
	open    int
}

var (
	_ corecache.Cache       = (*Cache)(nil)
	_ corecache.Transaction = (*transaction)(nil)
	_ corecache.Found       = (*found)(nil)
	_ corecache.Writer      = (*writer)(nil)
)

// New returns an empty cache that takes the time from now, or from the real
// clock if now is nil.
func New(now func() time.Time) *Cache {
	if now == nil {
		now = time.Now
	}
	c := &Cache{now: now, slots: make(map[string]*slot)}
	c.changed = sync.NewCond(&c.mu)
	return c
}

// Open returns the number of handles (found objects, transactions, bodies and
// writers) that are not closed yet.
func (c *Cache) Open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open
}

// slot holds the variants of one key.
type slot struct {
	rules    [][]string // vary rules, the latest first
	variants map[string]*variant
}

type variant struct {
	object  *object // nil without one
	obliged bool    // a transaction must insert or update it
}

// object is an inserted object. Only a soft purge changes it.
type object struct {
	opts     corecache.WriteOptions
	inserted time.Time
	purged   bool
	body     *body
}

func (c *Cache) age(o *object) time.Duration { return c.now().Sub(o.inserted) + o.opts.InitialAge }
func (c *Cache) fresh(o *object) bool        { return !o.purged && c.age(o) < o.opts.TTL }
func (c *Cache) usable(o *object) bool {
	return c.age(o) < o.opts.TTL+o.opts.StaleWhileRevalidate
}

// variantKey joins the values of the rule's fields in header.
func variantKey(rule []string, header http.Header) string {
	var b strings.Builder
	for _, name := range rule {
		fmt.Fprintf(&b, "%q%q", name, header.Values(name))
	}
	return b.String()
}

func (s *slot) matching(header http.Header) []*variant {
	var all []*variant
	for _, rule := range s.rules {
		if v := s.variants[variantKey(rule, header)]; v != nil {
			all = append(all, v)
		}
	}
	return all
}

// Lookup implements [corecache.Cache].
func (c *Cache) Lookup(key []byte, opts corecache.LookupOptions) (corecache.Found, error) {
	if len(key) > corecache.MaxKey {
		return nil, corecache.ErrInvalidArgument
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.slots[string(key)]; s != nil {
		for _, v := range s.matching(opts.RequestHeader) {
			if v.object != nil && c.usable(v.object) {
				return c.found(v.object, false), nil
			}
		}
	}
	return nil, corecache.ErrNotFound
}

// found makes a handle. The caller holds c.mu.
func (c *Cache) found(o *object, owned bool) *found {
	if !owned {
		c.open++
	}
	return &found{cache: c, object: o, stale: !c.fresh(o), owned: owned}
}

// Insert implements [corecache.Cache].
func (c *Cache) Insert(key []byte, opts corecache.WriteOptions) (corecache.Writer, error) {
	if err := validate(key, opts); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	o := c.put(key, opts, opts.RequestHeader, &body{})
	c.open++
	return &writer{cache: c, body: o.body}, nil
}

func validate(key []byte, opts corecache.WriteOptions) error {
	if len(key) > corecache.MaxKey {
		return fmt.Errorf("%w: key of %d bytes", corecache.ErrInvalidArgument, len(key))
	}
	if n := len(strings.Join(opts.SurrogateKeys, " ")); n > 16384 {
		return fmt.Errorf("%w: surrogate keys of %d bytes", corecache.ErrInvalidArgument, n)
	}
	for _, k := range opts.SurrogateKeys {
		if len(k) > 1024 || strings.ContainsFunc(k, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			return fmt.Errorf("%w: surrogate key %q", corecache.ErrInvalidArgument, k)
		}
	}
	return nil
}

// put stores an object under its variant and wakes waiting transactions. The
// caller holds c.mu.
func (c *Cache) put(key []byte, opts corecache.WriteOptions, header http.Header, b *body) *object {
	s := c.slot(key)
	opts.SurrogateKeys = slices.Clone(opts.SurrogateKeys)
	opts.UserMetadata = slices.Clone(opts.UserMetadata)
	rule := make([]string, len(opts.Vary))
	for i, name := range opts.Vary {
		rule[i] = http.CanonicalHeaderKey(name)
	}
	sort.Strings(rule)
	s.rules = slices.DeleteFunc(s.rules, func(r []string) bool { return slices.Equal(r, rule) })
	s.rules = slices.Insert(s.rules, 0, rule)
	o := &object{opts: opts, inserted: c.now(), body: b}
	v := variantKey(rule, header)
	if s.variants[v] == nil {
		s.variants[v] = &variant{}
	}
	s.variants[v].object = o
	c.changed.Broadcast()
	return o
}

func (c *Cache) slot(key []byte) *slot {
	s := c.slots[string(key)]
	if s == nil {
		s = &slot{variants: make(map[string]*variant)}
		c.slots[string(key)] = s
	}
	return s
}

// Transact implements [corecache.Cache].
func (c *Cache) Transact(key []byte, opts corecache.LookupOptions) (corecache.Transaction, error) {
	if len(key) > corecache.MaxKey {
		return nil, corecache.ErrInvalidArgument
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &transaction{cache: c, key: slices.Clone(key), header: opts.RequestHeader.Clone()}
	for {
		s := c.slot(key)
		var stale *variant
		wait := false
		for _, v := range s.matching(opts.RequestHeader) {
			if v.object != nil && c.fresh(v.object) {
				t.found = c.found(v.object, true)
				c.open++
				return t, nil
			}
			if v.object != nil && c.usable(v.object) && stale == nil {
				stale = v
			}
			wait = wait || v.obliged
		}
		if stale != nil {
			t.found = c.found(stale.object, true)
			if !stale.obliged {
				stale.obliged = true
				t.obligation = stale
			}
			c.open++
			return t, nil
		}
		if wait {
			c.changed.Wait()
			continue
		}
		if len(s.rules) == 0 {
			s.rules = [][]string{nil}
		}
		k := variantKey(s.rules[0], opts.RequestHeader)
		if s.variants[k] == nil {
			s.variants[k] = &variant{}
		}
		s.variants[k].obliged = true
		t.obligation = s.variants[k]
		c.open++
		return t, nil
	}
}

// Purge implements [corecache.Cache].
func (c *Cache) Purge(surrogateKey string, soft bool) error {
	return c.PurgeWhere(surrogateKey, soft, func(string) bool { return true })
}

// PurgeWhere carries out a part of a purge, for the objects whose cache key is of
// the kind. A host that goes through its objects one by one does not purge all of
// them at once.
func (c *Cache) PurgeWhere(surrogateKey string, soft bool, kind func(cacheKey string) bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, s := range c.slots {
		if !kind(key) {
			continue
		}
		for _, v := range s.variants {
			if v.object == nil || !slices.Contains(v.object.opts.SurrogateKeys, surrogateKey) {
				continue
			}
			if soft {
				v.object.purged = true
			} else {
				v.object = nil
			}
		}
	}
	return nil
}
