package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/fastly/compute-sdk-go/kvstore"
)

// Fastly is a service's KV Store. It is opened by the first call, so that a
// request that does not need it pays nothing. Not safe for concurrent use.
// Natively, without a host, every call fails with [ErrUnavailable].
type Fastly struct {
	// Name of the KV Store.
	Name string

	store *kvstore.Store
}

var _ KV = (*Fastly)(nil)

func (f *Fastly) open() (*kvstore.Store, error) {
	if f.store != nil {
		return f.store, nil
	}
	store, err := kvstore.Open(f.Name)
	if err != nil {
		return nil, fmt.Errorf("open KV store %q: %w", f.Name, ours(err))
	}
	f.store = store
	return store, nil
}

// Lookup implements [KV].
func (f *Fastly) Lookup(key string) (Entry, error) {
	store, err := f.open()
	if err != nil {
		return Entry{}, err
	}
	found, err := store.Lookup(key)
	if err != nil {
		return Entry{}, fmt.Errorf("look up %q: %w", key, ours(err))
	}
	if closer, ok := found.Reader.(io.Closer); ok {
		defer closer.Close()
	}
	value, err := io.ReadAll(found.Reader)
	if err != nil {
		return Entry{}, fmt.Errorf("read %q: %w", key, ours(err))
	}
	return Entry{Value: value, Metadata: found.Meta(), Generation: found.Generation()}, nil
}

// Insert implements [KV].
func (f *Fastly) Insert(key string, value []byte, opts InsertOptions) error {
	store, err := f.open()
	if err != nil {
		return err
	}
	if len(opts.Metadata) > MaxMetadata {
		return fmt.Errorf("insert %q with %d bytes of metadata: %w", key, len(opts.Metadata), ErrTooLarge)
	}
	config := &kvstore.InsertConfig{
		TTLSec:            uint32(min(opts.TTL/time.Second, math.MaxUint32)),
		IfGenerationMatch: opts.IfGeneration,
	}
	if len(opts.Metadata) > 0 { // the host refuses metadata of no bytes
		config.Metadata = opts.Metadata
	}
	if opts.IfAbsent {
		config.Mode = kvstore.InsertModeAdd
	}
	if err := store.InsertWithConfig(key, bytes.NewReader(value), config); err != nil {
		return fmt.Errorf("insert %q: %w", key, ours(err))
	}
	return nil
}

// Delete implements [KV].
func (f *Fastly) Delete(key string) error {
	store, err := f.open()
	if err != nil {
		return err
	}
	if err := store.Delete(key); err != nil {
		return fmt.Errorf("delete %q: %w", key, ours(err))
	}
	return nil
}

// ours translates the SDK's errors, and keeps what they say.
func ours(err error) error {
	sentinels := [...]struct{ theirs, ours error }{
		{kvstore.ErrKeyNotFound, ErrNotFound},
		{kvstore.ErrPreconditionFailed, ErrConflict},
		{kvstore.ErrStoreNotFound, ErrNoStore},
		{kvstore.ErrTooManyRequests, ErrBusy},
		{kvstore.ErrPayloadTooLarge, ErrTooLarge},
	}
	for _, s := range sentinels {
		if errors.Is(err, s.theirs) {
			return s.ours
		}
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}
