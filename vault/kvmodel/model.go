// Package kvmodel is an in-memory model of a KV Store, for tests that run
// without a host. It can fail, take its time and show old states, as the real
// one does.
package kvmodel

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"time"

	"larder/vault"
)

// Call is what a [KV] is asked to do.
type Call struct {
	// Op is "lookup", "insert" or "delete".
	Op  string
	Key string
}

// KV is the model. The zero value is empty and ready for use, also by several
// goroutines at once; its fields are to be set before.
type KV struct {
	// Now is the time; nil means the real one.
	Now func() time.Time
	// Before, if set, runs before every call; an error of it is the call's.
	// It may let time pass.
	Before func(Call) error
	// Lags, if set, says whether a lookup shows the state before the latest
	// write of the key.
	Lags func(key string) bool

	mu         sync.Mutex
	generation uint64
	slots      map[string]slot
	calls      []Call
}

// slot is a key's latest state and the one before; nil means no entry.
type slot struct{ latest, before *entry }

type entry struct {
	vault.Entry
	expires time.Time // zero: never
}

var _ vault.KV = (*KV)(nil)

// Calls returns all calls since the last time.
func (m *KV) Calls() []Call {
	m.mu.Lock()
	defer m.mu.Unlock()
	calls := m.calls
	m.calls = nil
	return calls
}

// Keys returns the keys that have an entry, in order.
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
	found := e.Entry
	found.Value, found.Metadata = bytes.Clone(found.Value), bytes.Clone(found.Metadata)
	return found, nil
}

// Insert implements [vault.KV]. Like Viceroy it lets an insertion pass that
// expects a generation of an entry that is gone.
func (m *KV) Insert(key string, value []byte, opts vault.InsertOptions) error {
	if err := m.begin("insert", key); err != nil {
		return err
	}
	if len(opts.Metadata) > vault.MaxMetadata {
		return fmt.Errorf("insert %q: %w", key, vault.ErrTooLarge)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.alive(m.slots[key].latest)
	if old != nil && (opts.IfAbsent || opts.IfGeneration != 0 && opts.IfGeneration != old.Generation) {
		return fmt.Errorf("insert %q: %w", key, vault.ErrConflict)
	}
	m.generation++
	e := &entry{Entry: vault.Entry{
		Value:      bytes.Clone(value),
		Metadata:   bytes.Clone(opts.Metadata),
		Generation: m.generation,
	}}
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
