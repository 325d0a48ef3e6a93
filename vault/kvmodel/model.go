// Package kvmodel is an in-memory model of a KV Store, for tests that run
// without a host. Like the real one it can fail, be slow and return old
// entries.
package kvmodel

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"time"

	"larder/vault"
)

// Call is one call to a [KV].
type Call struct {
	// Op is "lookup", "insert" or "delete".
	Op  string
	Key string
}

// KV is the model. The zero value is empty and ready for use, also by several
// goroutines at once; set its fields first.
type KV struct {
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Before, if set, runs before every call. It may move the clock; if it
	// returns an error, the call fails with it.
	Before func(Call) error
	// Lags, if set, says whether a lookup returns the entry as it was before
	// the latest write of the key.
	Lags func(key string) bool

	mu         sync.Mutex
	generation uint64
	slots      map[string]slot
	calls      []Call
}

// slot is a key's latest entry and the one before; nil means no entry.
type slot struct{ latest, before *entry }

type entry struct {
	vault.Entry
	expires time.Time // zero: never
}

var _ vault.KV = (*KV)(nil)

// Calls returns the calls since it was last called.
func (m *KV) Calls() []Call {
	m.mu.Lock()
	defer m.mu.Unlock()
	calls := m.calls
	m.calls = nil
	return calls
}

// Keys returns the keys that have an entry, sorted.
func (m *KV) Keys() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var keys []string
	for key, s := range m.slots {
		if m.alive(s.latest) != nil {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

func (m *KV) begin(op, key string) error {
	m.mu.Lock()
	m.calls = append(m.calls, Call{op, key})
	m.mu.Unlock()
	if m.Before == nil {
		return nil
	}
	return m.Before(Call{op, key})
}

func (m *KV) now() time.Time {
	if m.Now == nil {
		return time.Now()
	}
	return m.Now()
}

func (m *KV) alive(e *entry) *entry {
	if e == nil || !e.expires.IsZero() && !m.now().Before(e.expires) {
		return nil
	}
	return e
}

// Lookup implements [vault.KV].
func (m *KV) Lookup(key string) (vault.Entry, error) {
	if err := m.begin("lookup", key); err != nil {
		return vault.Entry{}, err
	}
	lags := m.Lags != nil && m.Lags(key)
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.slots[key].latest
	if lags {
		e = m.slots[key].before
	}
	if e = m.alive(e); e == nil {
		return vault.Entry{}, fmt.Errorf("look up %q: %w", key, vault.ErrNotFound)
	}
	return vault.Entry{Value: bytes.Clone(e.Value), Generation: e.Generation}, nil
}

// Insert implements [vault.KV]. Like Viceroy it accepts an insertion that
// expects a generation of an entry that is gone.
func (m *KV) Insert(key string, value []byte, opts vault.InsertOptions) error {
	if err := m.begin("insert", key); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.alive(m.slots[key].latest)
	if old != nil && (opts.IfAbsent || opts.IfGeneration != 0 && opts.IfGeneration != old.Generation) {
		return fmt.Errorf("insert %q: %w", key, vault.ErrConflict)
	}
	m.generation++
	e := &entry{Entry: vault.Entry{Value: bytes.Clone(value), Generation: m.generation}}
	if ttl := opts.TTL.Truncate(time.Second); ttl > 0 {
		e.expires = m.now().Add(ttl)
	}
	if m.slots == nil {
		m.slots = map[string]slot{}
	}
	m.slots[key] = slot{latest: e, before: old}
	return nil
}

// Delete implements [vault.KV].
func (m *KV) Delete(key string) error {
	if err := m.begin("delete", key); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.alive(m.slots[key].latest)
	if old == nil {
		return fmt.Errorf("delete %q: %w", key, vault.ErrNotFound)
	}
	m.slots[key] = slot{before: old}
	return nil
}
