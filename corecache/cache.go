package corecache

import (
	"io"
	"net/http"
	"time"
)

// MaxKey is the longest cache key in bytes.
const MaxKey = 4096

// MaxBody is the largest body that the platform keeps, in bytes
// (docs.fastly.com/products/compute-resource-limits).
const MaxBody = 100_000_000

// Cache keeps objects by key, in several variants where request headers make
// a difference.
type Cache interface {
	// Lookup finds the object for key without waiting and without any
	// obligation. It returns [ErrNotFound] where there is none that is usable.
	Lookup(key []byte, opts LookupOptions) (Found, error)

	// Insert replaces the object for key, whatever others are doing. The
	// object can be found from now on, and readers follow the writer.
	Insert(key []byte, opts WriteOptions) (Writer, error)

	// Transact finds the object for key, or obliges the caller to insert it,
	// or to update it if it is stale. While somebody else is obliged to
	// insert, it waits; while somebody else is obliged to update, it returns
	// the stale object without an obligation.
	Transact(key []byte, opts LookupOptions) (Transaction, error)

	// Purge removes every object with the surrogate key, in all places. A
	// soft purge only makes them stale.
	Purge(surrogateKey string, soft bool) error
}

// Found is an object in the cache. It must be closed, after its body.
type Found interface {
	// Stale reports whether the object is past its TTL or was soft-purged.
	Stale() bool
	// Age is the time since the insertion, and the initial age.
	Age() (time.Duration, error)
	// TTL is the whole freshness lifetime that the object was written with.
	TTL() (time.Duration, error)
	// Length in bytes, or false while it is not known.
	Length() (uint64, bool, error)
	// UserMetadata is what the writer stored beside the body.
	UserMetadata() ([]byte, error)
	// Body reads the whole object. One body may be open at a time.
	Body() (io.ReadCloser, error)
	// Range reads the bytes from first to last, both included.
	Range(first, last uint64) (io.ReadCloser, error)
	Close() error
}

// Transaction coordinates those who look for the same key at the same time.
// It must be closed; an obligation that is still open then passes to one of
// those who wait.
type Transaction interface {
	// Found returns the object, or [ErrNotFound]. It belongs to the
	// transaction: closing it does nothing.
	Found() (Found, error)
	// MustInsertOrUpdate reports whether this caller is obliged to act.
	MustInsertOrUpdate() bool
	// Insert ends the obligation with a new object.
	Insert(opts WriteOptions) (Writer, error)
	// InsertAndStreamBack does the same, and gives the object back for
	// reading while it is being written.
	InsertAndStreamBack(opts WriteOptions) (Writer, Found, error)
	// Update ends the obligation by giving the found object new options; all
	// of them, since what is not set goes back to its default.
	Update(opts WriteOptions) error
	// Cancel ends the obligation without an object, and obliges one of those
	// who wait.
	Cancel() error
	Close() error
}

// Writer takes an object's body. Close completes the object, and must be
// called for it to be kept; Abandon gives it up, and readers get an error.
type Writer interface {
	io.WriteCloser
	Abandon() error
}

// LookupOptions select among an object's variants.
type LookupOptions struct {
	// RequestHeader holds the fields that the object's Vary may name.
	RequestHeader http.Header
}

// WriteOptions describe an object.
type WriteOptions struct {
	// TTL is the freshness lifetime; zero means stale at once.
	TTL time.Duration
	// StaleWhileRevalidate is how long after TTL the object can still be
	// found.
	StaleWhileRevalidate time.Duration
	// InitialAge is the age that the object comes with.
	InitialAge time.Duration
	// Vary names the request headers that must match for the object to be
	// found; at most 8.
	Vary []string
	// RequestHeader of the request that the object answers. Only for
	// [Cache.Insert]; a transaction has its lookup's.
	RequestHeader http.Header
	// SurrogateKeys to purge the object by. See package surrogate for what
	// the host accepts.
	SurrogateKeys []string
	// Length of the body in bytes, where HasLength.
	Length    uint64
	HasLength bool
	// UserMetadata is kept beside the body.
	UserMetadata []byte
}
