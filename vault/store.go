package vault

import (
	"errors"
	"time"
)

// KV is the part of a KV Store that the vault needs. [Fastly] is the real one,
// package kvmodel has one in memory, and package kvtest tests both. Errors
// wrap those below.
type KV interface {
	// Lookup returns a key's entry, or [ErrNotFound]. For a while after a
	// write it may return the entry as it was before.
	Lookup(key string) (Entry, error)
	// Insert replaces a key's entry.
	Insert(key string, value []byte, opts InsertOptions) error
	// Delete removes a key. It may return [ErrNotFound].
	Delete(key string) error
}

// Entry is what a KV Store holds for a key.
type Entry struct {
	Value []byte
	// Generation identifies this state of the entry; never zero.
	Generation uint64
}

// InsertOptions say how an entry is written.
type InsertOptions struct {
	// TTL is how long the store holds the entry, in whole seconds; zero means
	// for ever.
	TTL time.Duration
	// IfGeneration makes the insertion fail with [ErrConflict] unless the
	// entry is still of this generation. Zero means any.
	IfGeneration uint64
	// IfAbsent makes it fail with [ErrConflict] if there is an entry.
	IfAbsent bool
}

var (
	// ErrNotFound means that the KV Store has nothing for the key.
	ErrNotFound = errors.New("key not found")
	// ErrConflict means that another writer has changed the entry.
	ErrConflict = errors.New("entry was changed by another writer")
	// ErrNoStore means that the service has no KV Store of that name.
	ErrNoStore = errors.New("KV store not found")
	// ErrBusy means that the store limits the rate of requests.
	ErrBusy = errors.New("too many requests")
	// ErrTooLarge means that the key or the value exceeds a limit.
	ErrTooLarge = errors.New("entry too large")
	// ErrUnavailable is every other failure.
	ErrUnavailable = errors.New("KV store unavailable")
)

var (
	// errUnreadable means that an entry does not have this version's format.
	errUnreadable = errors.New("unreadable entry")
	// errSlow means that the time limit was reached.
	errSlow = errors.New("KV store is slow")
)

// kind is an error in a word or two, for the status page.
func kind(err error) string {
	kinds := [...]struct {
		err  error
		kind string
	}{
		{ErrNoStore, "store-not-found"},
		{ErrBusy, "too-many-requests"},
		{ErrConflict, "conflict"},
		{ErrTooLarge, "too-large"},
		{errUnreadable, "unreadable"},
		{errSlow, "slow"},
	}
	for _, k := range kinds {
		if errors.Is(err, k.err) {
			return k.kind
		}
	}
	return "unavailable"
}
