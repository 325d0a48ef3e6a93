package vault

import (
	"errors"
	"sync"
	"time"
)

// Status is what the status page shows of the vault.
type Status struct {
	// Configured is false where larder.json has no vault; the rest is then
	// empty.
	Configured bool `json:"configured"`
	// Store is the KV Store's name.
	Store string `json:"store,omitempty"`
	// Reachable says whether the store answers now.
	Reachable bool `json:"reachable"`
	// LastError is the kind of the latest failure that this sandbox has met,
	// such as "store-not-found" or "too-many-requests"; empty without one.
	LastError string `json:"last_error,omitempty"`
	// LastErrorAt is when; nil without one.
	LastErrorAt *time.Time `json:"last_error_at,omitempty"`
}

// Status asks the store, with one lookup, how it is.
func (v *Vault) Status() Status {
	if v == nil {
		return Status{}
	}
	_, err := v.kv.Lookup(serviceLog)
	reachable := err == nil || errors.Is(err, ErrNotFound)
	if reachable {
		v.health.worked()
	} else {
		v.health.failed(err, v.now())
	}
	s := Status{Configured: true, Store: v.config.Store, Reachable: reachable}
	s.LastError, s.LastErrorAt = v.health.last()
	return s
}

// health is what a sandbox knows of its KV Store.
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

func (h *health) worked() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.off = false
}

func (h *health) failed(err error, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.off = errors.Is(err, ErrNoStore)
	h.kind, h.at = kind(err), now
}

func (h *health) last() (string, *time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.kind == "" {
		return "", nil
	}
	at := h.at.UTC()
	return h.kind, &at
}
