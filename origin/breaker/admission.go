package breaker

import (
	"fmt"
	"time"

	"larder/corecache"
)

// Admission is the permission to ask an origin once.
type Admission uint8

const (
	// Uncounted attempts leave the circuit and the budget alone.
	Uncounted Admission = iota
	// Counted attempts are those of a closed circuit.
	Counted
	// Probe is the one attempt that an open circuit depends on.
	Probe
)

// Outcome is what an attempt has shown of the origin.
type Outcome uint8

const (
	// Unknown: the attempt ended for another reason than the origin.
	Unknown Outcome = iota
	// Good: the origin gave a usable answer.
	Good
	// Bad: the origin is reachable, and its answer was of no use.
	Bad
	// Unreachable: there was no answer, or its body stalled.
	Unreachable
)

// Admit decides whether a request may ask an origin. A last resort may probe
// before the cooldown is over. A POP has one probe at a time; one that never
// ends is given up after length. The error wraps [ErrOpen].
func (s *Store) Admit(name Name, lastResort bool, length time.Duration) (Admission, error) {
	if s.Settings.Failures == 0 {
		return Uncounted, nil
	}
	if s.forced(name.Origin) {
		return Uncounted, nil
	}
	c := s.Circuit(name)
	switch c.State(s.Now()) {
	case Closed:
		return Counted, nil
	case Open:
		if !lastResort {
			return Uncounted, fmt.Errorf("%w until %s", ErrOpen, c.Until.UTC().Format(time.RFC3339))
		}
	}
	if !s.claimProbe(name, length) {
		return Uncounted, fmt.Errorf("%w while another request probes the origin", ErrOpen)
	}
	return Probe, nil
}

// claimProbe reports whether this request may probe the origin. The claim is
// an object in the POP's cache; without the cache, each request probes.
func (s *Store) claimProbe(name Name, length time.Duration) bool {
	if s.Cache == nil {
		return true
	}
	tx, err := s.Cache.Transact(probeKey(name), corecache.LookupOptions{})
	if err != nil {
		return true
	}
	defer tx.Close()
	if !tx.MustInsertOrUpdate() {
		return false
	}
	w, err := tx.Insert(corecache.WriteOptions{TTL: length, HasLength: true})
	if err == nil {
		err = w.Close()
	}
	_ = err // the obligation passes on, and another request probes too
	return true
}

// releaseProbe ends a claim. It lasts for half the shortest cooldown more,
// which bounds how often last resorts probe.
func (s *Store) releaseProbe(name Name) {
	s.insert(probeKey(name), s.Settings.Cooldown/2, nil)
}

// Record counts how an admitted attempt has ended.
func (s *Store) Record(name Name, a Admission, o Outcome, f Failure) {
	if a == Probe {
		defer s.releaseProbe(name)
	}
	if a == Uncounted || o == Unknown {
		return
	}
	s.change(name, o != Unreachable, func(r record) record { return s.after(r, a, o, f) })
}

func (s *Store) after(r record, a Admission, o Outcome, f Failure) record {
	r.Budget = r.Budget.Answered(o == Good, f.At, s.Settings.Window)
	switch {
	case o == Unreachable && a == Probe:
		r.Circuit = r.Circuit.ProbeFailed(f, s.Settings, s.random())
	case o == Unreachable:
		r.Circuit = r.Circuit.Failed(f, s.Settings, s.random())
	case a == Probe:
		r.Circuit = r.Circuit.ProbeSucceeded(f.At, s.Settings)
	default:
		r.Circuit = r.Circuit.Succeeded(f.At, s.Settings)
	}
	return r
}

func probeKey(name Name) []byte { return key("probe", name) }
