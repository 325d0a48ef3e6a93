package breaker

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"larder/config"
	"larder/corecache"
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

	mu       sync.Mutex // guards origins
	origins  map[string]*localState
	changing sync.Mutex // keeps this sandbox's own changes from being lost
}

// localState is what a sandbox knows of an origin.
type localState struct {
	record  record
	read    time.Time // zero for never
	probing time.Time // until when this sandbox holds off another probe
}

// withLocal calls use with what the sandbox knows of an origin. use must not
// wait for anything.
func (s *Store) withLocal(origin string, use func(*localState)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.origins[origin]
	if l == nil {
		if s.origins == nil {
			s.origins = make(map[string]*localState)
		}
		l = &localState{}
		s.origins[origin] = l
	}
	use(l)
}

// Circuit returns an origin's circuit.
func (s *Store) Circuit(origin string) Circuit {
	if s.forced(origin) {
		return Circuit{}
	}
	return s.known(origin).circuit
}

// AllowsRetry reports whether one request may ask the origin twice.
func (s *Store) AllowsRetry(origin string) bool {
	return s.forced(origin) || s.known(origin).budget.AllowsRetry(s.Now(), s.Settings.Window)
}

// known returns an origin's record. That of a closed circuit may be localTime
// old; an open one is read anew, since another sandbox may have closed it.
func (s *Store) known(origin string) record {
	r, age := s.local(origin)
	if age < 0 || age > localTime || !r.circuit.Until.IsZero() {
		return s.refresh(origin)
	}
	return r
}

// local returns what this sandbox last knew, and how long ago it was read.
func (s *Store) local(origin string) (r record, age time.Duration) {
	s.withLocal(origin, func(l *localState) { r, age = l.record, s.Now().Sub(l.read) })
	return r, age
}

func (s *Store) forced(origin string) bool { return s.ForceClosed != nil && s.ForceClosed(origin) }

// refresh reads the shared record. Where the cache fails, the sandbox relies
// on its own.
func (s *Store) refresh(origin string) record {
	shared, err := s.lookup(origin)
	var r record
	s.withLocal(origin, func(l *localState) {
		if err == nil {
			l.record = shared
		}
		l.read = s.Now()
		r = l.record
	})
	return r
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
	r, err := decode(metadata)
	if err != nil {
		return record{}, nil
	}
	return r, nil
}

// change replaces the shared record, if the change makes a difference.
func (s *Store) change(origin string, to func(record) record) {
	s.changing.Lock()
	defer s.changing.Unlock()
	before := s.refresh(origin)
	after := to(before)
	if after.equal(before) {
		return
	}
	s.log(origin, before.circuit, after.circuit)
	s.withLocal(origin, func(l *localState) { l.record, l.read = after, s.Now() })
	lifetime := max(after.circuit.Until.Sub(s.Now()), 0) + forgetTime
	s.insert(recordKey(origin), lifetime, after.encode())
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
		s.Log("origin %q: circuit open, next probe in %v; failures: %d", origin, after.Until.Sub(s.Now()).Round(time.Millisecond), after.count)
	}
}

func (s *Store) random() float64 {
	if s.Random != nil {
		return s.Random()
	}
	return rand.Float64()
}

func recordKey(origin string) []byte { return fmt.Appendf(nil, "larder1\nbreaker\n%s", origin) }
