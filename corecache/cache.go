package corecache

import (
	"io"
	"net/http"
	"time"
)

// MaxKey is the maximum length of a cache key in bytes.
const MaxKey = 4096

// MaxBody is the maximum size of a stored body in bytes
// (docs.fastly.com/products/compute-resource-limits).
const MaxBody = 100_000_000

// Cache stores objects by key, in several variants if they vary on request
// headers.
type Cache interface {
	// Lookup finds the object for key. It never waits and never obliges the
	// caller to anything. It returns [ErrNotFound] if there is no usable object.
	Lookup(key []byte, opts LookupOptions) (Found, error)

	// Insert replaces the object for key, regardless of other transactions.
	// The object can be found at once; readers follow the writer.
	Insert(key []byte, opts WriteOptions) (Writer, error)

	// Transact finds the object for key. If there is none, it obliges the
	// caller to insert one, and waits while another caller has this obligation.
	// If the object is stale, it obliges one caller to update it and returns
	// the stale object to all.
	Transact(key []byte, opts LookupOptions) (Transaction, error)

	// Purge removes every object with the surrogate key, in all POPs. A soft
	// purge makes the objects stale instead.
	Purge(surrogateKey string, soft bool) error
}

// Found is an object in the cache. The caller must close it, after its body.
type Found interface {
	// Stale reports whether the object is past its TTL or was softly purged.
	Stale() bool
	// Age returns the time since the insertion plus the initial age.
	Age() (time.Duration, error)
	// TTL returns the freshness lifetime that the object was written with.
	TTL() (time.Duration, error)
	// Length returns the length in bytes; known is false while the host does
	// not know it.
	Length() (length uint64, known bool, err error)
	// UserMetadata returns what the writer stored beside the body.
	UserMetadata() ([]byte, error)
	// Body reads the whole object. Only one body may be open at a time.
	Body() (io.ReadCloser, error)
	// Range reads the bytes first to last, inclusive.
	Range(first, last uint64) (io.ReadCloser, error)
	Close() error
}

// Transaction coordinates concurrent requests for a key (request collapsing).
// The caller must close it. If it still has an obligation then, the obligation
// passes to a waiting transaction.
type Transaction interface {
	// Found returns the object, or [ErrNotFound]. The transaction owns it;
	// closing it does nothing.
	Found() (Found, error)
	// MustInsertOrUpdate reports whether this caller has the obligation.
	MustInsertOrUpdate() bool
	// Insert fulfils the obligation with a new object.
	Insert(opts WriteOptions) (Writer, error)
	// InsertAndStreamBack is like Insert, and also returns the object for
	// reading while it is being written.
	InsertAndStreamBack(opts WriteOptions) (Writer, Found, error)
	// Update fulfils the obligation by replacing all options of the found
	// object. Options that are not set return to their defaults.
	Update(opts WriteOptions) error
	// Cancel passes the obligation to a waiting transaction.
	Cancel() error
	Close() error
}

// Writer writes an object's body. Close completes the object; without it the
// object is not stored. Abandon discards it, and readers get an error.
type Writer interface {
	io.WriteCloser
	Abandon() error
}

// LookupOptions select a variant of an object.
type LookupOptions struct {
	// RequestHeader has the fields that an object may vary on.
	RequestHeader http.Header
}

// WriteOptions describe an object.
type WriteOptions struct {
	// TTL is the freshness lifetime. With zero the object is stale at once.
	TTL time.Duration
	// StaleWhileRevalidate is how long after TTL the object can still be found.
	StaleWhileRevalidate time.Duration
	// InitialAge is the object's age when it is inserted.
	InitialAge time.Duration
	// Vary lists the request header fields that must match for the object to be
	// found, at most 8.
	Vary []string
	// RequestHeader is the header of the request that the object answers. It is
	// only for [Cache.Insert]; a transaction uses that of its lookup.
	RequestHeader http.Header
	// SurrogateKeys are the keys to purge the object by. Package surrogate
	// documents their limits.
	SurrogateKeys []string
	// Length of the body in bytes, if HasLength is set.
	Length    uint64
	HasLength bool
	// UserMetadata is stored beside the body.
	UserMetadata []byte
}
