package breaker

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
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

// Name names a circuit. There is one for each origin and route, so that failures
// of one route do not take the origin away from another.
type Name struct{ Origin, Route string }

func (n Name) String() string {
	if n.Route == "" {
		return fmt.Sprintf("origin %q", n.Origin)
	}
	return fmt.Sprintf("origin %q, route %q", n.Origin, n.Route)
}

// Store shares each circuit, with its budget, as the user metadata of one small
// object in the POP's cache. There is no lock between sandboxes: if two
// write in the same moment, one failure is lost. An object that the cache
// loses is a closed circuit. Without the cache each sandbox has its own
// circuits.
type Store struct {
	Cache    Cache // nil for none
	Settings config.Breaker
	// Routes that have circuits.
	Routes []string
	// ForceClosed reports an origin whose circuits the operator keeps closed.
	ForceClosed func(origin string) bool
	Now         func() time.Time
	Random      func() float64 // nil means math/rand/v2
	// Log takes a line when a circuit opens or closes; nil takes none.
	Log func(format string, args ...any)

	mu       sync.Mutex // guards what follows, and makes each change one step
	circuits map[Name]localState
	// reset has the origins whose circuits were reset after the operator closed
	// them.
	reset map[string]bool
}

// record is what the sandboxes of a POP share about one circuit.
type record struct {
	Circuit Circuit
	Budget  Budget
}

func (r record) encode() []byte {
	data, _ := json.Marshal(r) // never fails for these types
	return data
}

// localState is what a sandbox knows of a circuit, and when it was read.
type localState struct {
	record record
	read   time.Time
}

// Circuit returns a circuit.
func (s *Store) Circuit(name Name) Circuit {
	if s.forced(name.Origin) {
		return Circuit{}
	}
	return s.known(name).Circuit
}

// AllowsRetry reports whether one request may ask the origin twice.
func (s *Store) AllowsRetry(name Name) bool {
	return s.forced(name.Origin) || s.known(name).Budget.AllowsRetry(s.Now(), s.Settings.Window)
}

// forced reports whether the operator keeps an origin's circuits closed. When
// this sandbox first finds that, it resets all of them, so that earlier failures
// do not count later.
func (s *Store) forced(origin string) bool {
	forced := s.ForceClosed != nil && s.ForceClosed(origin)
	s.mu.Lock()
	first := forced && !s.reset[origin]
	if s.reset == nil {
		s.reset = make(map[string]bool)
	}
	s.reset[origin] = forced
	s.mu.Unlock()
	if first {
		for _, route := range s.Routes {
			s.change(Name{origin, route}, false, func(record) record { return record{} })
		}
	}
	return forced
}

// known returns a circuit's record. That of a closed circuit may be localTime
// old; an open one is read anew, since another sandbox may have closed it.
func (s *Store) known(name Name) record {
	s.mu.Lock()
	defer s.mu.Unlock()
	local := s.circuits[name]
	age := s.Now().Sub(local.read)
	if age < 0 || age > localTime || !local.record.Circuit.Until.IsZero() {
		return s.refresh(name)
	}
	return local.record
}

// refresh reads the shared record. If the cache fails, the sandbox relies on
// what it knows itself.
func (s *Store) refresh(name Name) record {
	r, err := s.lookup(name)
	if err != nil {
		r = s.circuits[name].record
	}
	s.keep(name, r)
	return r
}

func (s *Store) keep(name Name, r record) {
	if s.circuits == nil {
		s.circuits = make(map[Name]localState)
	}
	s.circuits[name] = localState{r, s.Now()}
}

var errNoCache = errors.New("no cache")

// lookup reads the shared record. A missing or unreadable one is empty.
func (s *Store) lookup(name Name) (record, error) {
	if s.Cache == nil {
		return record{}, errNoCache
	}
	found, err := s.Cache.Lookup(recordKey(name), corecache.LookupOptions{})
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
func (s *Store) change(name Name, success bool, to func(record) record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if local := s.circuits[name].record; success && bytes.Equal(to(local).encode(), local.encode()) {
		return
	}
	before := s.refresh(name)
	after := to(before)
	data := after.encode()
	if bytes.Equal(data, before.encode()) {
		return
	}
	s.keep(name, after)
	s.log(name, before.Circuit, after.Circuit)
	lifetime := max(after.Circuit.Until.Sub(s.Now()), 0) + forgetTime
	s.insert(recordKey(name), lifetime, data)
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

func (s *Store) log(name Name, before, after Circuit) {
	switch {
	case s.Log == nil || before.Until.IsZero() == after.Until.IsZero():
	case after.Until.IsZero():
		s.Log("%v: circuit closed", name)
	default:
		s.Log("%v: circuit open, next probe in %v; failures: %d", name, after.Until.Sub(s.Now()).Round(time.Millisecond), after.Count)
	}
}

func (s *Store) random() float64 {
	if s.Random != nil {
		return s.Random()
	}
	return rand.Float64()
}

func recordKey(name Name) []byte { return key("breaker", name) }

func key(kind string, name Name) []byte {
	return []byte(resource.KeyVersion + "\n" + kind + "\n" + name.Origin + "\n" + name.Route)
}
