//go:build wasip1

package corecache

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
	"unsafe"

	fastlypurge "github.com/fastly/compute-sdk-go/purge"
)

// Host is the cache of the POP that the program runs in.
type Host struct{}

var (
	_ Cache       = Host{}
	_ Transaction = (*hostTransaction)(nil)
	_ Found       = (*hostEntry)(nil)
	_ Writer      = (*hostWriter)(nil)
)

// Lookup implements [Cache].
func (Host) Lookup(key []byte, opts LookupOptions) (Found, error) {
	entry, err := lookup("fastly_cache.lookup", abiLookup, key, opts)
	if err != nil {
		return nil, err
	}
	if entry.state&stateFound == 0 {
		if err := entry.release(); err != nil {
			return nil, err
		}
		return nil, ErrNotFound
	}
	return entry, nil
}

// Transact implements [Cache].
func (Host) Transact(key []byte, opts LookupOptions) (Transaction, error) {
	entry, err := lookup("fastly_cache.transaction_lookup", abiTransactionLookup, key, opts)
	if err != nil {
		return nil, err
	}
	entry.owned = true
	return &hostTransaction{entry: entry}, nil
}

// Insert implements [Cache].
func (Host) Insert(key []byte, opts WriteOptions) (Writer, error) {
	c, err := newWriteCall(opts)
	if err != nil {
		return nil, err
	}
	defer c.release()
	w := &hostWriter{}
	status := abiInsert(unsafe.Pointer(unsafe.SliceData(key)), uint32(len(key)), c.mask, unsafe.Pointer(&c.abi), unsafe.Pointer(&w.body))
	if err := check("fastly_cache.insert", status); err != nil {
		return nil, err
	}
	return w, nil
}

// Purge implements [Cache].
func (Host) Purge(surrogateKey string, soft bool) error {
	if err := fastlypurge.PurgeSurrogateKey(surrogateKey, fastlypurge.PurgeOptions{Soft: soft}); err != nil {
		return fmt.Errorf("fastly_purge.purge_surrogate_key: %w", err)
	}
	return nil
}

func lookup(name string, call func(unsafe.Pointer, uint32, uint32, unsafe.Pointer, unsafe.Pointer) uint32, key []byte, opts LookupOptions) (*hostEntry, error) {
	abi := &lookupOptions{}
	mask := uint32(lookupUseRequestedRange)
	if len(opts.RequestHeader) > 0 {
		handle, err := newRequest(opts.RequestHeader)
		if err != nil {
			return nil, err
		}
		defer abiRequestClose(handle)
		abi.requestHeaders = handle
		mask |= lookupRequestHeaders
	}
	entry := &hostEntry{}
	status := call(unsafe.Pointer(unsafe.SliceData(key)), uint32(len(key)), mask, unsafe.Pointer(abi), unsafe.Pointer(&entry.handle))
	if err := check(name, status); err != nil {
		return nil, err
	}
	if err := check("fastly_cache.get_state", abiGetState(entry.handle, unsafe.Pointer(&entry.state))); err != nil {
		abiClose(entry.handle)
		return nil, err
	}
	return entry, nil
}

// newRequest makes a request handle that only carries headers.
func newRequest(header http.Header) (uint32, error) {
	handle := new(uint32)
	if err := check("fastly_http_req.new", abiRequestNew(unsafe.Pointer(handle))); err != nil {
		return 0, err
	}
	for name, values := range header {
		n := []byte(name)
		for _, value := range values {
			v := []byte(value)
			status := abiRequestHeaderAppend(*handle, unsafe.Pointer(unsafe.SliceData(n)), uint32(len(n)), unsafe.Pointer(unsafe.SliceData(v)), uint32(len(v)))
			if err := check("fastly_http_req.header_append", status); err != nil {
				abiRequestClose(*handle)
				return 0, err
			}
		}
	}
	return *handle, nil
}

// writeCall holds options in the host's format and the Go memory that they
// point to.
type writeCall struct {
	abi      writeOptions
	mask     uint32
	vary     []byte
	keys     []byte
	metadata []byte
}

func newWriteCall(opts WriteOptions) (*writeCall, error) {
	c := &writeCall{}
	c.abi.maxAge = nanoseconds(opts.TTL)
	if opts.RequestHeader != nil {
		handle, err := newRequest(opts.RequestHeader)
		if err != nil {
			return nil, err
		}
		c.abi.requestHeaders = handle
		c.mask |= writeRequestHeaders
	}
	if len(opts.Vary) > 0 {
		c.vary = []byte(strings.Join(opts.Vary, " "))
		c.abi.vary, c.abi.varyLen = pointer(c.vary)
		c.mask |= writeVary
	}
	if opts.InitialAge > 0 {
		c.abi.initialAge = nanoseconds(opts.InitialAge)
		c.mask |= writeInitialAge
	}
	if opts.StaleWhileRevalidate > 0 {
		c.abi.stale = nanoseconds(opts.StaleWhileRevalidate)
		c.mask |= writeStale
	}
	if len(opts.SurrogateKeys) > 0 {
		c.keys = []byte(strings.Join(opts.SurrogateKeys, " "))
		c.abi.surrogateKeys, c.abi.surrogateKeysLen = pointer(c.keys)
		c.mask |= writeSurrogateKeys
	}
	if opts.HasLength {
		c.abi.length = opts.Length
		c.mask |= writeLength
	}
	if len(opts.UserMetadata) > 0 {
		c.metadata = opts.UserMetadata
		c.abi.userMetadata, c.abi.userMetadataLen = pointer(c.metadata)
		c.mask |= writeUserMetadata
	}
	return c, nil
}

// release frees the request handle once the host has read the options.
func (c *writeCall) release() {
	if c.mask&writeRequestHeaders != 0 {
		abiRequestClose(c.abi.requestHeaders)
	}
}

// pointer returns the host's view of b. The caller must keep b alive.
func pointer(b []byte) (address, length uint32) {
	return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(b)))), uint32(len(b))
}

func nanoseconds(d time.Duration) uint64 { return uint64(max(d, 0)) }

type hostTransaction struct {
	entry  *hostEntry
	closed bool
}

func (t *hostTransaction) Found() (Found, error) {
	if t.entry.state&stateFound == 0 {
		return nil, ErrNotFound
	}
	return t.entry, nil
}

func (t *hostTransaction) MustInsertOrUpdate() bool {
	return t.entry.state&stateMustInsertOrUpdate != 0
}

func (t *hostTransaction) Insert(opts WriteOptions) (Writer, error) {
	c, err := newWriteCall(opts)
	if err != nil {
		return nil, err
	}
	defer c.release()
	w := &hostWriter{}
	status := abiTransactionInsert(t.entry.handle, c.mask, unsafe.Pointer(&c.abi), unsafe.Pointer(&w.body))
	if err := check("fastly_cache.transaction_insert", status); err != nil {
		return nil, err
	}
	return w, nil
}

func (t *hostTransaction) InsertAndStreamBack(opts WriteOptions) (Writer, Found, error) {
	c, err := newWriteCall(opts)
	if err != nil {
		return nil, nil, err
	}
	defer c.release()
	w, found := &hostWriter{}, &hostEntry{state: stateFound}
	status := abiTransactionInsertAndStreamBack(t.entry.handle, c.mask, unsafe.Pointer(&c.abi), unsafe.Pointer(&w.body), unsafe.Pointer(&found.handle))
	if err := check("fastly_cache.transaction_insert_and_stream_back", status); err != nil {
		return nil, nil, err
	}
	return w, found, nil
}

func (t *hostTransaction) Update(opts WriteOptions) error {
	c, err := newWriteCall(opts)
	if err != nil {
		return err
	}
	defer c.release()
	return check("fastly_cache.transaction_update", abiTransactionUpdate(t.entry.handle, c.mask, unsafe.Pointer(&c.abi)))
}

func (t *hostTransaction) Cancel() error {
	return check("fastly_cache.transaction_cancel", abiTransactionCancel(t.entry.handle))
}

func (t *hostTransaction) Close() error {
	if t.closed {
		return nil
	}
	t.closed = true
	return t.entry.release()
}

// hostEntry is a cache handle and what it found.
type hostEntry struct {
	handle uint32
	state  uint32
	owned  bool // by a transaction, which closes it
	closed bool
}

func (e *hostEntry) Stale() bool { return e.state&stateStale != 0 }

func (e *hostEntry) Age() (time.Duration, error) {
	ns := new(uint64)
	err := check("fastly_cache.get_age_ns", abiGetAge(e.handle, unsafe.Pointer(ns)))
	return time.Duration(*ns), err
}

func (e *hostEntry) TTL() (time.Duration, error) {
	ns := new(uint64)
	err := check("fastly_cache.get_max_age_ns", abiGetMaxAge(e.handle, unsafe.Pointer(ns)))
	return time.Duration(*ns), err
}

func (e *hostEntry) Length() (uint64, bool, error) {
	length := new(uint64)
	status := abiGetLength(e.handle, unsafe.Pointer(length))
	if status == statusNone {
		return 0, false, nil
	}
	err := check("fastly_cache.get_length", status)
	return *length, err == nil, err
}

// metadataSize is large enough to read most records with one host call.
const metadataSize = 4096

func (e *hostEntry) UserMetadata() ([]byte, error) {
	written := new(uint32)
	for size := uint32(metadataSize); ; size = *written {
		buf := make([]byte, size)
		status := abiGetUserMetadata(e.handle, unsafe.Pointer(unsafe.SliceData(buf)), size, unsafe.Pointer(written))
		if status == statusBufferLength && *written > size {
			continue
		}
		if err := check("fastly_cache.get_user_metadata", status); err != nil {
			return nil, err
		}
		return buf[:*written], nil
	}
}

func (e *hostEntry) Body() (io.ReadCloser, error) { return e.body(0, &bodyOptions{}) }

func (e *hostEntry) Range(first, last uint64) (io.ReadCloser, error) {
	if first > last {
		return nil, fmt.Errorf("%w: range %d-%d", ErrInvalidArgument, first, last)
	}
	return e.body(bodyFrom|bodyTo, &bodyOptions{from: first, to: last})
}

func (e *hostEntry) body(mask uint32, opts *bodyOptions) (io.ReadCloser, error) {
	r := &hostReader{}
	status := abiGetBody(e.handle, mask, unsafe.Pointer(opts), unsafe.Pointer(&r.body))
	if err := check("fastly_cache.get_body", status); err != nil {
		return nil, err
	}
	return r, nil
}

func (e *hostEntry) Close() error {
	if e.owned {
		return nil
	}
	return e.release()
}

func (e *hostEntry) release() error {
	if e.closed {
		return nil
	}
	e.closed = true
	return check("fastly_cache.close", abiClose(e.handle))
}

type hostReader struct {
	body   uint32
	n      uint32
	done   bool
	closed bool
}

func (r *hostReader) Read(p []byte) (int, error) {
	if r.done {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	status := abiBodyRead(r.body, unsafe.Pointer(unsafe.SliceData(p)), uint32(len(p)), unsafe.Pointer(&r.n))
	if err := check("fastly_http_body.read", status); err != nil {
		return 0, err
	}
	if r.n == 0 {
		r.done = true
		return 0, io.EOF
	}
	return int(r.n), nil
}

func (r *hostReader) Close() error {
	if r.closed {
		return nil
	}
	r.closed = true
	return check("fastly_http_body.close", abiBodyClose(r.body))
}

type hostWriter struct {
	body   uint32
	n      uint32
	closed bool
}

func (w *hostWriter) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		rest := p[written:]
		status := abiBodyWrite(w.body, unsafe.Pointer(unsafe.SliceData(rest)), uint32(len(rest)), bodyEndBack, unsafe.Pointer(&w.n))
		if err := check("fastly_http_body.write", status); err != nil {
			return written, err
		}
		written += int(w.n)
	}
	return written, nil
}

func (w *hostWriter) Close() error {
	if w.closed {
		return nil
	}
	w.closed = true
	return check("fastly_http_body.close", abiBodyClose(w.body))
}

func (w *hostWriter) Abandon() error {
	if w.closed {
		return nil
	}
	w.closed = true
	return check("fastly_http_body.abandon", abiBodyAbandon(w.body))
}
