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

// Fastly is a service's KV Store. The first call opens it, so that requests
// that do not need it pay nothing. It is not safe for concurrent use. Built
// natively, without a host, every call fails with [ErrUnavailable].
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
		return nil, fmt.Errorf("open KV store %q: %w", f.Name, translate(err))
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
		return Entry{}, fmt.Errorf("look up %q: %w", key, translate(err))
	}
	if closer, ok := found.Reader.(io.Closer); ok {
		defer closer.Close()
	}
	value, err := io.ReadAll(found.Reader)
	if err != nil {
		return Entry{}, fmt.Errorf("read %q: %w", key, translate(err))
	}
	return Entry{Value: value, Generation: found.Generation()}, nil
}

// Insert implements [KV].
func (f *Fastly) Insert(key string, value []byte, opts InsertOptions) error {
	store, err := f.open()
	if err != nil {
		return err
	}
	config := &kvstore.InsertConfig{
		TTLSec:            uint32(min(opts.TTL/time.Second, math.MaxUint32)),
		IfGenerationMatch: opts.IfGeneration,
	}
	if opts.IfAbsent {
		config.Mode = kvstore.InsertModeAdd
	}
	if err := store.InsertWithConfig(key, bytes.NewReader(value), config); err != nil {
		return fmt.Errorf("insert %q: %w", key, translate(err))
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
		return fmt.Errorf("delete %q: %w", key, translate(err))
	}
	return nil
}

// translate returns the package's error for one of the SDK's. An error that has
// none keeps the SDK's text.
func translate(err error) error {
	sentinels := [...]struct{ sdk, vault error }{
		{kvstore.ErrKeyNotFound, ErrNotFound},
		{kvstore.ErrPreconditionFailed, ErrConflict},
		{kvstore.ErrStoreNotFound, ErrNoStore},
		{kvstore.ErrTooManyRequests, ErrBusy},
		{kvstore.ErrPayloadTooLarge, ErrTooLarge},
	}
	for _, s := range sentinels {
		if errors.Is(err, s.sdk) {
			return s.vault
		}
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}
