package content

import (
	"bytes"
	"errors"
	"io"
	"time"

	"larder/httpcache"
	"larder/shield"
)

// Result is the answer to a request, stored or fetched, or why there is none.
type Result struct {
	// Record is the response without its body; nil with Err.
	Record *httpcache.StoredResponse
	// Age of the response now (RFC 9111 §4.2.3).
	Age  time.Duration
	Body Body
	// Err is an [*UnavailableError], [ErrNotStored] or a mistake of Larder's own.
	Err error
	// Status is Cache-Status, without the cache's name and key.
	Status httpcache.CacheStatus
	// Shield is what an edge is told of the answer.
	Shield shield.Answer
	// Purged says that a soft purge had made the entry stale that was found.
	Purged bool
	// Trip is the request's own to the origins; zero if it made none, or did not
	// wait for it.
	Trip Trip

	later []func()
	open  *handles
}

// Trip is what became of one fetch from the origins.
type Trip struct {
	// Origin is the name of the one that answered, or empty.
	Origin string
	// Attempts that were made, of all origins; 0 if none answered.
	Attempts int
	// Took is the time of all of them, the body included where it was read.
	Took time.Duration
}

// handles are what a request has opened. They stay open until its answer was
// sent, since the answer may come from any of them.
type handles []io.Closer

func (h *handles) add(c io.Closer) { *h = append(*h, c) }

func (h *handles) close() {
	for _, c := range *h {
		_ = c.Close() // a handle that cannot be closed cannot be helped
	}
	*h = nil
}

// Body opens the body of a response.
type Body interface {
	// Open reads a part of the body, or all of it where part is nil. A
	// [Stream] opens once, and whole.
	Open(part *httpcache.ByteRange) (io.ReadCloser, error)
}

// ErrNotStored: the client allows no fetch (only-if-cached), and there is
// nothing stored that it may get.
var ErrNotStored = errors.New("not stored")

// UnavailableError: no origin gave a usable answer, and there is no copy that
// may be served.
type UnavailableError struct {
	// Reason is the word for it in Cache-Status.
	Reason string
	// RetryAfter is when a client may try again.
	RetryAfter time.Duration
}

func (e *UnavailableError) Error() string { return e.Reason }

// Pending reports whether there is work to do once the client has its answer.
func (r *Result) Pending() bool { return len(r.later) > 0 }

// Finish does the work that was left for after the answer, and frees what the
// result holds. Call it once the answer was sent, whole or not.
func (r *Result) Finish() {
	defer r.open.close()
	r.runLater()
}

func (r *Result) runLater() {
	later := r.later
	r.later = nil // first, so that what panics does not run again
	for _, work := range later {
		work()
	}
}

// then adds work for after the answer.
func (r *Result) then(work ...func()) *Result {
	r.later = append(r.later, work...)
	return r
}

// memory is a whole body in memory.
type memory []byte

func (m memory) Open(part *httpcache.ByteRange) (io.ReadCloser, error) {
	if part != nil {
		m = m[part.First : part.Last+1]
	}
	return io.NopCloser(bytes.NewReader(m)), nil
}

// Stream is a large body that is not stored. It is sent as it arrives.
type Stream struct {
	beginning []byte
	remainder io.Reader
}

// Open returns what was read ahead and then the remainder. It can be called
// once; part must be nil.
func (s Stream) Open(*httpcache.ByteRange) (io.ReadCloser, error) {
	return io.NopCloser(io.MultiReader(bytes.NewReader(s.beginning), s.remainder)), nil
}
