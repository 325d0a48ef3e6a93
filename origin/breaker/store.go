package breaker

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"larder/config"
	"larder/corecache"
	"larder/resource"
)

const (
	// localTime is how long a sandbox trusts what it last read, so that a
	// fetch costs one lookup at most.
	localTime = 200 * time.Millisecond
	// forgetTime is how long a record lives after its cooldown. It exceeds
	// every window.
	forgetTime = 20 * time.Minute
)

// ErrOpen is wrapped by errors that mean a circuit refuses a request.
var ErrOpen = errors.New("circuit open")

// Cache is what the sandboxes of a POP share; [corecache.Cache] is one.
type Cache interface {
	Lookup(key []byte, opts corecache.LookupOptions) (corecache.Found, error)
	Insert(key []byte, opts corecache.WriteOptions) (corecache.Writer, error)
	Transact(key []byte, opts corecache.LookupOptions) (corecache.Transaction, error)
}

// Store shares each origin's circuit and budget as the user metadata of one
// small object in the POP's cache. There is no lock between sandboxes: if two
// write in the same moment, one failure is lost. An object that the cache
// loses is a closed circuit. Without the cache each sandbox has its own
// circuits.
type Store struct {
	Cache    Cache // nil for none
	Settings config.Breaker
	// ForceClosed reports an origin whose circuit the operator keeps closed.
	ForceClosed func(origin string) bool
	Now         func() time.Time
	Random      func() float64 // nil means math/rand/v2
	// Log takes a line when a circuit opens or closes; nil takes none.
	Log func(format string, args ...any)

	mu      sync.Mutex // guards origins, and makes each change one step
	origins map[string]localState
}

// record is what the sandboxes of a POP share about one origin.
type record struct {
	Circuit Circuit
	Budget  Budget
}

func (r record) encode() []byte {
	data, _ := json.Marshal(r) // never fails for these types
	return data
}

// localState is what a sandbox knows of an origin, and when it was read.
type localState struct {
	record record
	read   time.Time
}

// Circuit returns an origin's circuit.
func (s *Store) Circuit(origin string) Circuit {
	if s.forced(origin) {
		return Circuit{}
	}
	return s.known(origin).Circuit
}

// AllowsRetry reports whether one request may ask the origin twice.
func (s *Store) AllowsRetry(origin string) bool {
	return s.forced(origin) || s.known(origin).Budget.AllowsRetry(s.Now(), s.Settings.Window)
}

func (s *Store) forced(origin string) bool { return s.ForceClosed != nil && s.ForceClosed(origin) }

// known returns an origin's record. That of a closed circuit may be localTime
// old; an open one is read anew, since another sandbox may have closed it.
func (s *Store) known(origin string) record {
	s.mu.Lock()
	defer s.mu.Unlock()
	local := s.origins[origin]
	age := s.Now().Sub(local.read)
	if age < 0 || age > localTime || !local.record.Circuit.Until.IsZero() {
		return s.refresh(origin)
	}
	return local.record
}

// refresh reads the shared record. If the cache fails, the sandbox relies on
// what it knows itself.
func (s *Store) refresh(origin string) record {
	r, err := s.lookup(origin)
	if err != nil {
		r = s.origins[origin].record
	}
	s.keep(origin, r)
	return r
}

func (s *Store) keep(origin string, r record) {
	if s.origins == nil {
		s.origins = make(map[string]localState)
	}
	s.origins[origin] = localState{r, s.Now()}
}

var errNoCache = errors.New("no cache")

// lookup reads the shared record. A missing or unreadable one is empty.
func (s *Store) lookup(origin string) (record, error) {
	if s.Cache == nil {
		return record{}, errNoCache
	}
	found, err := s.Cache.Lookup(recordKey(origin), corecache.LookupOptions{})
	if errors.Is(err, corecache.ErrNotFound) {
		return record{}, nil
	}
	if err != nil {
		return record{}, err
	}
	defer found.Close()
	metadata, err := found.UserMetadata()
	if err != nil {
		return record{}, err
	}
	var r record
	if err := json.Unmarshal(metadata, &r); err != nil {
		return record{}, nil
	}
	return r, nil
}

// change replaces the shared record, if the change makes a difference. Changes
// that a success makes are dropped if this sandbox's own record, however old,
// has nothing to take back: most answers need no read then.
func (s *Store) change(origin string, success bool, to func(record) record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if local := s.origins[origin].record; success && bytes.Equal(to(local).encode(), local.encode()) {
		return
	}
	before := s.refresh(origin)
	after := to(before)
	data := after.encode()
	if bytes.Equal(data, before.encode()) {
		return
	}
	s.keep(origin, after)
	s.log(origin, before.Circuit, after.Circuit)
	lifetime := max(after.Circuit.Until.Sub(s.Now()), 0) + forgetTime
	s.insert(recordKey(origin), lifetime, data)
}

// insert writes one small object. If the cache fails, this sandbox still knows.
func (s *Store) insert(key []byte, lifetime time.Duration, metadata []byte) {
	if s.Cache == nil {
		return
	}
	w, err := s.Cache.Insert(key, corecache.WriteOptions{TTL: lifetime, HasLength: true, UserMetadata: metadata})
	if err == nil {
		err = w.Close()
	}
	_ = err // see above
}

func (s *Store) log(origin string, before, after Circuit) {
	switch {
	case s.Log == nil || before.Until.IsZero() == after.Until.IsZero():
	case after.Until.IsZero():
		s.Log("origin %q: circuit closed", origin)
	default:
		s.Log("origin %q: circuit open, next probe in %v; failures: %d", origin, after.Until.Sub(s.Now()).Round(time.Millisecond), after.Count)
	}
}

func (s *Store) random() float64 {
	if s.Random != nil {
		return s.Random()
	}
	return rand.Float64()
}

func recordKey(origin string) []byte { return []byte(resource.KeyVersion + "\nbreaker\n" + origin) }
