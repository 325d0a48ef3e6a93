package vault

import (
	"errors"
	"time"
)

// KV is a KV Store, as far as the vault needs one. [Fastly] is the real one;
// package kvmodel has one in memory, and package kvtest what both promise.
// Errors wrap those below.
type KV interface {
	// Lookup returns what is kept for a key, or [ErrNotFound]. It may show an
	// older state for a while after a write.
	Lookup(key string) (Entry, error)
	// Insert replaces what is kept for a key.
	Insert(key string, value []byte, opts InsertOptions) error
	// Delete removes a key. It may return [ErrNotFound].
	Delete(key string) error
}

// Entry is what a KV Store keeps for a key.
type Entry struct {
	Value    []byte
	Metadata []byte
	// Generation names this state of the entry; never zero.
	Generation uint64
}

// InsertOptions say how an entry is written.
type InsertOptions struct {
	// Metadata is kept beside the value: UTF-8, at most [MaxMetadata] bytes.
	Metadata []byte
	// TTL is when the store may forget the entry, in whole seconds; zero
	// means never.
	TTL time.Duration
	// IfGeneration lets the insertion fail with [ErrConflict] unless the
	// entry is still of this generation. Zero means any.
	IfGeneration uint64
	// IfAbsent lets it fail with [ErrConflict] if there is an entry.
	IfAbsent bool
}

// MaxMetadata is how much metadata can be read back, in bytes: the platform
// takes 2,048, but the SDK's buffer for reading has 2,000.
const MaxMetadata = 2000

var (
	// ErrNotFound means that the KV Store has nothing for the key.
	ErrNotFound = errors.New("key not found")
	// ErrConflict means that the entry is not as the writer expected it.
	ErrConflict = errors.New("entry was changed by another writer")
	// ErrNoStore means that the service has no KV Store of that name.
	ErrNoStore = errors.New("KV store not found")
	// ErrBusy means that the store refuses a request to limit their rate.
	ErrBusy = errors.New("too many requests")
	// ErrTooLarge means that key, value or metadata exceed a limit.
	ErrTooLarge = errors.New("entry too large")
	// ErrUnavailable is every other failure.
	ErrUnavailable = errors.New("KV store unavailable")
)

// errUnreadable means that an entry is not of this version's format.
var errUnreadable = errors.New("unreadable entry")

// kind is an error in one word or two, for the status page.
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
