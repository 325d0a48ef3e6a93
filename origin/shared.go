package origin

import (
	"errors"
	"strconv"
	"time"

	"larder/config"
	"larder/corecache"
)

// The sandboxes of a place share an origin's circuit as the user metadata of
// one small object in the place's cache. Nobody locks it: of two sandboxes
// that change it in the same moment one is not heard, which costs a failure
// more until the circuit opens. An object that the cache loses is a closed
// circuit.

const (
	// memoryTime is how long a sandbox goes by what it has read, so that a
	// fetch costs one lookup at most.
	memoryTime = 200 * time.Millisecond
	// forgetTime is how long after its last pause a circuit is forgotten that
	// nobody has tried.
	forgetTime = 10 * time.Minute
)

// Cache is where the sandboxes of a place meet; [corecache.Cache] is one.
type Cache interface {
	Lookup(key []byte, opts corecache.LookupOptions) (corecache.Found, error)
	Insert(key []byte, opts corecache.WriteOptions) (corecache.Writer, error)
	Transact(key []byte, opts corecache.LookupOptions) (corecache.Transaction, error)
}

func circuitKey(origin string) []byte { return []byte("larder1\nbreaker\n" + origin) }

// trialKey names one trial: that of the pause that ended at until.
func trialKey(origin string, until time.Time) []byte {
	return []byte("larder1\ntrial\n" + origin + "\n" + strconv.FormatInt(until.UnixMilli(), 10))
}

// memory is what a sandbox knows of an origin.
type memory struct {
	circuit circuit
	read    time.Time // when, or zero for never
	health  Health
	checked time.Time // when, or zero for never
	trial   time.Time // the until of the pause whose trial is under way
	expires time.Time // when that trial is given up
}

// fresh reports whether what was read at that time may still be gone by.
func fresh(at, now time.Time) bool {
	age := now.Sub(at)
	return age >= 0 && age <= memoryTime
}

// remembered calls use with what the sandbox knows of an origin. It must not
// call anything that waits.
func (c *Client) remembered(o *config.Origin, use func(*memory)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.memories[o.Name]
	if m == nil {
		if c.memories == nil {
			c.memories = make(map[string]*memory)
		}
		m = &memory{}
		c.memories[o.Name] = m
	}
	use(m)
}

// circuit returns an origin's circuit, and whether it is from memory and may
// be [memoryTime] old.
func (c *Client) circuit(o *config.Origin) (state circuit, old bool) {
	now := c.Now()
	c.remembered(o, func(m *memory) { state, old = m.circuit, fresh(m.read, now) })
	if old {
		return state, true
	}
	return c.refresh(o), false
}

// refresh returns an origin's circuit as the place knows it. Where the cache
// fails, the sandbox goes by what it knows itself.
func (c *Client) refresh(o *config.Origin) circuit {
	shared, err := c.lookup(o)
	var state circuit
	c.remembered(o, func(m *memory) {
		if err == nil {
			m.circuit = shared
		}
		m.read = c.Now()
		state = m.circuit
	})
	return state
}

var errNoCache = errors.New("no cache")

// lookup reads the shared circuit. What is missing or of another version is a
// closed one.
func (c *Client) lookup(o *config.Origin) (circuit, error) {
	if c.Cache == nil {
		return circuit{}, errNoCache
	}
	found, err := c.Cache.Lookup(circuitKey(o.Name), corecache.LookupOptions{})
	if errors.Is(err, corecache.ErrNotFound) {
		return circuit{}, nil
	}
	if err != nil {
		return circuit{}, err
	}
	defer found.Close()
	metadata, err := found.UserMetadata()
	if err != nil {
		return circuit{}, err
	}
	state, err := decodeCircuit(metadata)
	if err != nil {
		return circuit{}, nil
	}
	return state, nil
}

// change makes a new circuit of what the place knows now.
func (c *Client) change(o *config.Origin, to func(circuit) circuit) {
	c.changing.Lock()
	defer c.changing.Unlock()
	before := c.refresh(o)
	state := to(before)
	c.tell(o, before, state)
	c.remembered(o, func(m *memory) { m.circuit, m.read = state, c.Now() })
	if c.Cache == nil {
		return
	}
	lifetime := max(state.until.Sub(c.Now()), 0) + forgetTime
	if len(state.bad) > 0 {
		lifetime = max(lifetime, c.Breaker.MaxCooldown)
	}
	w, err := c.Cache.Insert(circuitKey(o.Name), corecache.WriteOptions{
		TTL: lifetime, HasLength: true, UserMetadata: state.encode(),
	})
	if err == nil {
		err = w.Close()
	}
	_ = err // the cache is lost for now; this sandbox still remembers
}

// tell logs that a circuit has opened or closed.
func (c *Client) tell(o *config.Origin, before, after circuit) {
	switch {
	case c.Log == nil || before.until.IsZero() == after.until.IsZero():
	case after.until.IsZero():
		c.Log("origin %q: circuit closed", o.Name)
	default:
		c.Log("origin %q: circuit open, next trial in %v; failures: %d", o.Name, after.until.Sub(c.Now()).Round(time.Millisecond), after.count)
	}
}

// takeTrial reports whether this request is the one to try an origin whose
// pause is over. The others of the place are refused until the trial has
// ended, or has had all the time that a trial may take.
func (c *Client) takeTrial(o *config.Origin, until time.Time) bool {
	length := min(o.FirstByteTimeout+o.BodyTimeout, c.Deadline)
	taken := false
	c.remembered(o, func(m *memory) {
		now := c.Now()
		if taken = m.trial.Equal(until) && now.Before(m.expires); !taken {
			m.trial, m.expires = until, now.Add(length)
		}
	})
	if taken || c.Cache == nil {
		return !taken
	}
	tx, err := c.Cache.Transact(trialKey(o.Name, until), corecache.LookupOptions{})
	if err != nil {
		return true // without the cache, one of each sandbox tries
	}
	defer tx.Close()
	if !tx.MustInsertOrUpdate() {
		return false
	}
	w, err := tx.Insert(corecache.WriteOptions{TTL: length, HasLength: true})
	if err == nil {
		err = w.Close()
	}
	_ = err // the obligation passes on, and another request tries too
	return true
}
