package client

import (
	"container/list"
	"sync"
)

// memory holds entries up to a number of bytes; what was used least recently
// goes first.
type memory struct {
	mu     sync.Mutex
	limit  int64
	used   int64
	recent *list.List // of *slot, the latest first
	slots  map[string]*list.Element
}

type slot struct {
	key   string
	entry *entry
}

func newMemory(limit int64) *memory {
	return &memory{limit: limit, recent: list.New(), slots: map[string]*list.Element{}}
}

// get returns nil if there is no entry.
func (m *memory) get(key string) *entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	element, ok := m.slots[key]
	if !ok {
		return nil
	}
	m.recent.MoveToFront(element)
	return element.Value.(*slot).entry
}

func (m *memory) set(key string, e *entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.remove(key)
	if e.size() > m.limit {
		return
	}
	m.slots[key] = m.recent.PushFront(&slot{key, e})
	for m.used += e.size(); m.used > m.limit; {
		m.remove(m.recent.Back().Value.(*slot).key)
	}
}

// remove needs the lock.
func (m *memory) remove(key string) {
	if element, ok := m.slots[key]; ok {
		m.used -= element.Value.(*slot).entry.size()
		m.recent.Remove(element)
		delete(m.slots, key)
	}
}
