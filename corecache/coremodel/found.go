package coremodel

import (
	"fmt"
	"io"
	"slices"
	"time"

	"larder/corecache"
)

type found struct {
	cache  *Cache
	object *object
	stale  bool
	owned  bool
	closed bool
	reader *reader
}

func (f *found) Stale() bool { return f.stale }

func (f *found) Age() (time.Duration, error) {
	f.cache.mu.Lock()
	defer f.cache.mu.Unlock()
	return f.cache.age(f.object), nil
}

func (f *found) TTL() (time.Duration, error) { return f.object.opts.TTL, nil }

func (f *found) Length() (uint64, bool, error) {
	return f.object.opts.Length, f.object.opts.HasLength, nil
}

func (f *found) UserMetadata() ([]byte, error) { return slices.Clone(f.object.opts.UserMetadata), nil }

func (f *found) Body() (io.ReadCloser, error) { return f.open(0, -1) }

func (f *found) Range(first, last uint64) (io.ReadCloser, error) {
	if first > last {
		return nil, fmt.Errorf("%w: range %d-%d", corecache.ErrInvalidArgument, first, last)
	}
	return f.open(int64(first), int64(last)+1)
}

func (f *found) open(from, to int64) (io.ReadCloser, error) {
	f.cache.mu.Lock()
	defer f.cache.mu.Unlock()
	if f.reader != nil && !f.reader.closed {
		return nil, fmt.Errorf("%w: a body is open already", corecache.ErrInvalidOperation)
	}
	f.reader = &reader{cache: f.cache, body: f.object.body, at: from, to: to}
	f.cache.open++
	return f.reader, nil
}

func (f *found) Close() error {
	f.cache.mu.Lock()
	defer f.cache.mu.Unlock()
	if !f.owned && !f.closed {
		f.closed = true
		f.cache.open--
	}
	return nil
}
