//go:build !race

package fencetest

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"larder/corecache"
	"larder/corecache/coremodel"
)

// errAborted ends the calls of a coroutine that will not be continued.
var errAborted = errors.New("the schedule ends here")

// steppedCache makes a step of every call by which one request can affect
// another. Calls on what a request holds alone (an entry's age, its metadata)
// are none.
type steppedCache struct {
	world *world
	place *place
	model *coremodel.Cache
	// unfenced makes all leases look as if no purge had ended them.
	unfenced bool
	calm     calmFault
	hidden   int // lookups that unfenced or calm has answered
	// purges are all that there were.
	purges []purgeCall
	// keys are all that were ever used.
	keys map[string]bool
	// holders are the transactions with an open obligation.
	holders map[string]*steppedTransaction
	// writing has those who write a body, by the metadata of the objects that
	// share it.
	writing map[string]*steppedWriter
}

// purgeCall is a purge of one key.
type purgeCall struct {
	key  string
	soft bool
}

func newSteppedCache(w *world, p *place, o options) *steppedCache {
	return &steppedCache{
		world:    w,
		place:    p,
		unfenced: o.unfenced,
		calm:     o.calm,
		model:    coremodel.New(func() time.Time { return w.now }),
		keys:     map[string]bool{},
		holders:  map[string]*steppedTransaction{},
		writing:  map[string]*steppedWriter{},
	}
}

// name is how schedules call a cache key.
func name(key []byte) string {
	parts := strings.Split(string(key), "\n")
	switch {
	case len(parts) == 3 && parts[2] == "":
		return "the " + parts[1]
	case len(parts) == 3:
		return "the " + parts[1] + " of " + parts[2]
	case len(parts) > 4 && parts[2] != "":
		return parts[2][:4] + ":" + parts[3]
	case len(parts) > 4:
		return parts[3]
	}
	return string(key)
}

// on is what the calls for a cache key work on. A calm ends as leases do.
func (c *steppedCache) on(key []byte) sharedObject {
	switch {
	case isLease(key), isCalm(key):
		return sharedObject{lease, c.place, string(key)}
	case strings.Contains(string(key), "\nflight\n"):
		return sharedObject{flight, c.place, string(key)}
	}
	return sharedObject{content, c.place, string(key)}
}

func isLease(key []byte) bool { return strings.Contains(string(key), "\nlease\n") }
func isCalm(key []byte) bool  { return strings.Contains(string(key), "\ncalm\n") }

// pause is a step that works on a cache key.
func (c *steppedCache) pause(what string, key []byte, s step) {
	s.what, s.on = what+" "+name(key)+c.place.name, c.on(key)
	c.world.pause(s)
}

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
	return fmt.Sprintf("%s, age %v of %v, %q", state, age, ttl, metadata)
}

func (c *steppedCache) find(key string) string {
	f, err := c.model.Lookup([]byte(key), corecache.LookupOptions{})
	if err == nil {
		defer f.Close()
	}
	return describe(f, err)
}

func (c *steppedCache) Lookup(key []byte, opts corecache.LookupOptions) (corecache.Found, error) {
	if isLease(key) && (c.unfenced || strings.HasSuffix(string(key), "\n"+pretendedLease)) {
		c.hidden++
		return standingLease{}, nil
	}
	if isCalm(key) && c.calm != calmWorks {
		c.hidden++
		return pretendedCalm{fault: c.calm}, nil
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
	c.pause("insert", key, step{writes: true})
	c.keys[string(key)] = true
	w, err := c.model.Insert(key, opts)
	return c.writer(w, opts, err)
}

func (c *steppedCache) writer(w corecache.Writer, opts corecache.WriteOptions, err error) (corecache.Writer, error) {
	if err != nil || opts.HasLength && opts.Length == 0 {
		return w, err
	}
	stepped := &steppedWriter{Writer: w, cache: c, inserted: c.world.steps()}
	stepped.writes(opts.UserMetadata)
	return stepped, nil
}

func (c *steppedCache) Transact(key []byte, opts corecache.LookupOptions) (corecache.Transaction, error) {
	k := string(key)
	c.pause("begin a transaction on", key, step{writes: true, ready: func() bool {
		return c.holders[k] == nil || c.find(k) != "nothing"
	}})
	c.keys[k] = true
	inner, err := c.model.Transact(key, opts)
	if err != nil {
		return nil, err
	}
	t := &steppedTransaction{inner, c, k}
	f, err := inner.Found()
	c.world.observe(fmt.Sprintf("%s, obliged %v", describe(f, err), inner.MustInsertOrUpdate()))
	if inner.MustInsertOrUpdate() {
		c.holders[k] = t
	}
	return t, nil
}

func (c *steppedCache) Purge(key string, soft bool) error {
	c.purges = append(c.purges, purgeCall{key, soft})
	if strings.Contains(key, "~") {
		// No answer here has so many keys that they are folded into buckets.
		return c.model.Purge(key, soft)
	}
	on := sharedObject{kind: content, place: c.place}
	switch {
	case strings.Contains(key, "larder-lease"), strings.Contains(key, "larder-calm"):
		on.kind = lease
	case strings.Contains(key, "larder-note"):
		on.kind = everything // notes are in flights and in place of content
	}
	kind := "hard"
	if soft {
		kind = "soft"
	}
	c.world.pause(step{what: kind + "-purge " + key + c.place.name, on: on, writes: true})
	return c.model.Purge(key, soft)
}

type steppedTransaction struct {
	corecache.Transaction
	cache *steppedCache
	key   string
}

func (t *steppedTransaction) Found() (corecache.Found, error) {
	f, err := t.Transaction.Found()
	if err != nil {
		return nil, err
	}
	return &steppedFound{f, t.cache}, nil
}

func (t *steppedTransaction) holds() bool { return t.cache.holders[t.key] == t }

func (t *steppedTransaction) pause(what string) {
	t.cache.pause(what, []byte(t.key), step{writes: true})
}

func (t *steppedTransaction) settle() {
	if t.holds() {
		delete(t.cache.holders, t.key)
	}
}

func (t *steppedTransaction) Insert(opts corecache.WriteOptions) (corecache.Writer, error) {
	t.pause("insert")
	t.settle()
	w, err := t.Transaction.Insert(opts)
	return t.cache.writer(w, opts, err)
}

func (t *steppedTransaction) Update(opts corecache.WriteOptions) error {
	t.pause("update")
	t.settle()
	if f, err := t.Transaction.Found(); err == nil {
		metadata, _ := f.UserMetadata() // the model does not fail
		if w := t.cache.writing[string(metadata)]; w != nil {
			w.writes(opts.UserMetadata) // the body is not complete yet
		}
	}
	return t.Transaction.Update(opts)
}

func (t *steppedTransaction) Cancel() error {
	t.pause("cancel the transaction on")
	t.settle()
	return t.Transaction.Cancel()
}

func (t *steppedTransaction) Close() error {
	if t.cache.world.aborted {
		return nil
	}
	if t.holds() {
		t.pause("close the transaction on")
	}
	t.settle()
	return t.Transaction.Close()
}

type steppedFound struct {
	corecache.Found
	cache *steppedCache
}

func (f *steppedFound) Body() (io.ReadCloser, error) {
	body, err := f.Found.Body()
	return f.reader(body, err)
}

func (f *steppedFound) Range(first, last uint64) (io.ReadCloser, error) {
	body, err := f.Found.Range(first, last)
	return f.reader(body, err)
}

func (f *steppedFound) reader(body io.ReadCloser, err error) (io.ReadCloser, error) {
	if err != nil {
		return nil, err
	}
	metadata, err := f.UserMetadata()
	return &steppedReader{body, f.cache, string(metadata)}, err
}

type steppedReader struct {
	io.ReadCloser
	cache    *steppedCache
	metadata string
}

// Read waits for a body that is being written. That it could be read piece by
// piece makes no difference to what is read.
func (r *steppedReader) Read(p []byte) (int, error) {
	if r.cache.world.aborted {
		return 0, errAborted
	}
	if r.cache.writing[r.metadata] != nil {
		r.cache.world.pause(step{what: "read the body", ready: func() bool { return r.cache.writing[r.metadata] == nil }})
	}
	return r.ReadCloser.Read(p)
}

type steppedWriter struct {
	corecache.Writer
	cache    *steppedCache
	objects  []string // that have the body, by their metadata
	inserted int      // the actor's steps until then
	pieces   int      // written so far, which tell one write from the next
}

// writes takes note of an object whose body is written here.
func (w *steppedWriter) writes(metadata []byte) {
	w.objects = append(w.objects, string(metadata))
	w.cache.writing[string(metadata)] = w
}

func (w *steppedWriter) ends() {
	for _, metadata := range w.objects {
		delete(w.cache.writing, metadata)
	}
}

func (w *steppedWriter) Write(p []byte) (int, error) {
	w.pieces++
	w.cache.world.pauseToWrite(fmt.Sprintf("write piece %d of the body", w.pieces), w.inserted)
	return w.Writer.Write(p)
}

func (w *steppedWriter) Close() error {
	w.cache.world.pauseToWrite("complete the body", w.inserted)
	w.ends()
	return w.Writer.Close()
}

func (w *steppedWriter) Abandon() error {
	w.cache.world.pauseToWrite("abandon the body", w.inserted)
	w.ends()
	return w.Writer.Abandon()
}

// standingLease is a lease that no purge ends.
type standingLease struct{ corecache.Found }

func (standingLease) Stale() bool  { return false }
func (standingLease) Close() error { return nil }
