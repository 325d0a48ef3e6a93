package vault

import (
	"errors"
	"sync"
	"time"
)

// Status is the vault's part of the status page.
type Status struct {
	// Configured is false if larder.json has no vault; the rest is then empty.
	Configured bool `json:"configured"`
	// Store is the KV Store's name.
	Store string `json:"store,omitempty"`
	// Reachable says whether the store answers now.
	Reachable bool `json:"reachable"`
	// LastError is the kind of the latest failure in this sandbox, such as
	// "store-not-found" or "too-many-requests"; empty without one.
	LastError string `json:"last_error,omitempty"`
	// LastErrorAt is its time; nil without one.
	LastErrorAt *time.Time `json:"last_error_at,omitempty"`
}

// Status checks the store with one lookup.
func (v *Vault) Status() Status {
	if v == nil {
		return Status{}
	}
	_, err := v.kv.Lookup(serviceLog)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	v.health.record(err, v.now())
	s := Status{Configured: true, Store: v.config.Store, Reachable: err == nil}
	v.health.mu.Lock()
	defer v.health.mu.Unlock()
	if v.health.kind != "" {
		at := v.health.at.UTC()
		s.LastError, s.LastErrorAt = v.health.kind, &at
	}
	return s
}

// health is what a sandbox knows about its KV Store.
type health struct {
	mu   sync.Mutex
	off  bool // there is no such store
	kind string
	at   time.Time
}

func (h *health) isOff() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.off
}

// record takes the outcome of a call; nil is a success.
func (h *health) record(err error, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.off = errors.Is(err, ErrNoStore)
	if err != nil {
		h.kind, h.at = kind(err), now
	}
}
