//go:build !race

package fencetest

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"larder/corecache"
	"larder/corecache/coremodel"
)

// steppedCache makes a step of every call by which one request can affect
// another. Calls on what a request holds alone (an entry's age, its metadata)
// are none.
type steppedCache struct {
	world *world
	pop   *pop
	model *coremodel.Cache
	// unfenced makes all leases look as if no purge had ended them.
	unfenced bool
	// endless makes purges leave the quiet period alone.
	endless bool
	// once makes purges that come to a key again do nothing.
	once   bool
	hidden int // lookups that unfenced or endless has answered
	// purges are all purges so far.
	purges []purgeCall
	// keys are all cache keys used so far.
	keys map[string]bool
	// tags are the surrogate keys that objects ever had, by cache key, and
	// lastTags those of the last one.
	tags     map[string]map[string]bool
	lastTags map[string]string
	// stored counts the objects that were stored under a cache key.
	stored map[string]int
	// holders are the transactions with an open obligation.
	holders map[string]*steppedTransaction
	// writing has the writers of incomplete bodies, by the metadata of the
	// objects that share a body.
	writing map[string]*steppedWriter
}

// purgeCall is a purge of one key.
type purgeCall struct {
	key  string
	soft bool
}

func newSteppedCache(w *world, p *pop, o options) *steppedCache {
	return &steppedCache{
		world:    w,
		pop:      p,
		unfenced: o.unfenced,
		endless:  o.endlessQuiet,
		once:     o.once || !w.scenario.oneByOne,
		model:    coremodel.New(func() time.Time { return w.now }),
		keys:     map[string]bool{},
		tags:     map[string]map[string]bool{},
		lastTags: map[string]string{},
		stored:   map[string]int{},
		holders:  map[string]*steppedTransaction{},
		writing:  map[string]*steppedWriter{},
	}
}

// pause is a step that works on a cache key.
func (c *steppedCache) pause(what string, key []byte, s step) {
	s.what = what + " " + c.world.display(key) + c.pop.name
	s.access.kind, s.access.pop, s.access.key = cacheObject, c.pop, string(key)
	c.world.pause(s)
}

// stores notes the surrogate keys of an object.
func (c *steppedCache) stores(key string, tags []string) {
	c.keys[key] = true
	if c.tags[key] == nil {
		c.tags[key] = map[string]bool{}
	}
	for _, tag := range tags {
		c.tags[key][tag] = true
	}
	sorted := slices.Sorted(slices.Values(tags))
	c.lastTags[key] = strings.Join(sorted, " ")
	c.stored[key]++
	c.world.stores(c.last(key))
}

// last is the object that was stored last.
func (c *steppedCache) last(key string) stored { return stored{c, key, c.stored[key]} }

// mayCarry reports whether an object at a cache key can have a surrogate key.
func (c *steppedCache) mayCarry(key, tag string) bool { return c.tags[key][tag] }

// describe tells what was found in a form that is equal for equal objects.
func describe(f corecache.Found, err error) string {
	if err != nil {
		return "nothing"
	}
	metadata, _ := f.UserMetadata() // the model does not fail
	age, _ := f.Age()
	ttl, _ := f.TTL()
	state := "fresh"
	if f.Stale() {
		state = "stale"
	}
	return state + ", age " + age.String() + " of " + ttl.String() + ` "` + string(metadata) + `"`
}

func (c *steppedCache) find(key string) string {
	f, err := c.model.Lookup([]byte(key), corecache.LookupOptions{})
	if err == nil {
		defer f.Close()
	}
	return describe(f, err)
}

func (c *steppedCache) Lookup(key []byte, opts corecache.LookupOptions) (corecache.Found, error) {
	if isLease(string(key)) && c.unfenced {
		c.hidden++
		return standingLease{}, nil
	}
	if isQuiet(key) && c.endless {
		c.hidden++
		return endlessQuiet{}, nil
	}
	c.pause("look up", key, step{})
	f, err := c.model.Lookup(key, opts)
	c.world.observe(describe(f, err))
	if err != nil {
		return nil, err
	}
	return &steppedFound{f, c}, nil
}

func (c *steppedCache) Insert(key []byte, opts corecache.WriteOptions) (corecache.Writer, error) {
	c.pause("insert", key, step{access: access{writes: true, tags: opts.SurrogateKeys}})
	c.stores(string(key), opts.SurrogateKeys)
	w, err := c.model.Insert(key, opts)
	return c.writer(w, opts, err)
}

func (c *steppedCache) writer(w corecache.Writer, opts corecache.WriteOptions, err error) (corecache.Writer, error) {
	if err != nil || opts.HasLength && opts.Length == 0 {
		return w, err
	}
	stepped := &steppedWriter{Writer: w, cache: c, inserted: c.world.self().steps}
	stepped.writes(opts.UserMetadata)
	return stepped, nil
}

func (c *steppedCache) Transact(key []byte, opts corecache.LookupOptions) (corecache.Transaction, error) {
	k := string(key)
	c.pause("begin a transaction on", key, step{
		access: access{writes: true},
		ready:  func() bool { return c.holders[k] == nil || c.find(k) != "nothing" },
	})
	c.keys[k] = true
	inner, err := c.model.Transact(key, opts)
	if err != nil {
		return nil, err
	}
	t := &steppedTransaction{inner, c, k}
	found := describe(inner.Found())
	c.world.observe(found + ", obliged " + strconv.FormatBool(inner.MustInsertOrUpdate()))
	if inner.MustInsertOrUpdate() {
		c.holders[k] = t
		c.world.lead(1)
	} else {
		c.world.follow(c.last(k))
	}
	return t, nil
}

func (c *steppedCache) Purge(key string, soft bool) error {
	if c.again(key) && c.once { // which spares states where all are purged at once
		return nil
	}
	c.purges = append(c.purges, purgeCall{key, soft})
	switch {
	case strings.Contains(key, "~") && !(c.world.scenario.origin == streams && c.world.scenario.delivery == unordered):
		// Only answers that stream have bucket keys here. They have the key of
		// their post too, so that purging the bucket makes no step of its own.
		return c.model.Purge(key, soft)
	case c.world.scenario.delivery == unordered:
		c.world.send(key, soft)
		return nil
	}
	purging := step{what: purgeName(key, soft) + c.pop.name, access: access{kind: purgeOfKey, pop: c.pop, key: key}}
	c.world.pause(purging)
	if !c.world.scenario.oneByOne || !c.leased(key) {
		return c.model.Purge(key, soft)
	}
	if err := c.model.PurgeWhere(key, soft, isNoLease); err != nil {
		return err
	}
	purging.what += ", of leases"
	c.world.pause(purging)
	return c.model.PurgeWhere(key, soft, isLease)
}

// again reports whether the running actor's purge comes to a key for the second
// time.
func (c *steppedCache) again(key string) bool {
	a := c.world.self()
	if strings.Contains(key, "larder-lease") { // with which every purge begins
		a.purgedKeys = nil
	}
	again := slices.Contains(a.purgedKeys, key)
	a.purgedKeys = append(a.purgedKeys, key)
	return again
}

// leased reports whether a lease can have a surrogate key.
func (c *steppedCache) leased(key string) bool {
	for cacheKey := range c.tags {
		if isLease(cacheKey) && c.mayCarry(cacheKey, key) {
			return true
		}
	}
	return false
}

// standingLease is a lease that no purge ends.
type standingLease struct{ corecache.Found }

func (standingLease) Stale() bool  { return false }
func (standingLease) Close() error { return nil }
