package coremodel

import (
	"fmt"
	"io"

	"larder/corecache"
)

type reader struct {
	cache  *Cache
	body   *body
	at, to int64 // to is -1 for the end of the body
	closed bool
}

func (r *reader) Read(p []byte) (int, error) {
	r.cache.mu.Lock()
	defer r.cache.mu.Unlock()
	for {
		end := int64(len(r.body.data))
		if r.to >= 0 {
			end = min(end, r.to)
		}
		switch {
		case r.body.abandoned:
			return 0, fmt.Errorf("%w: the writer gave up", corecache.ErrUnexpected)
		case r.at < end:
			n := copy(p, r.body.data[r.at:end])
			r.at += int64(n)
			return n, nil
		case r.body.complete || r.to >= 0 && r.at >= r.to:
			return 0, io.EOF
		}
		r.cache.changed.Wait()
	}
}

func (r *reader) Close() error {
	r.cache.mu.Lock()
	defer r.cache.mu.Unlock()
	if !r.closed {
		r.closed = true
		r.cache.open--
	}
	return nil
}

type writer struct {
	cache  *Cache
	body   *body
	closed bool
}

func (w *writer) Write(p []byte) (int, error) {
	w.cache.mu.Lock()
	defer w.cache.mu.Unlock()
	if w.closed {
		return 0, fmt.Errorf("%w: the writer is closed", corecache.ErrInvalidOperation)
	}
	w.body.data = append(w.body.data, p...)
	w.cache.changed.Broadcast()
	return len(p), nil
}

func (w *writer) Close() error   { return w.finish(true) }
func (w *writer) Abandon() error { return w.finish(false) }

func (w *writer) finish(complete bool) error {
	w.cache.mu.Lock()
	defer w.cache.mu.Unlock()
	if !w.closed {
		w.closed = true
		w.body.complete, w.body.abandoned = complete, !complete
		w.cache.open--
		w.cache.changed.Broadcast()
	}
	return nil
}

// body grows while it is written. The cache's mutex guards it.
type body struct {
	data      []byte
	complete  bool
	abandoned bool
}
