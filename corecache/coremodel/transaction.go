package coremodel

import (
	"fmt"
	"net/http"

	"larder/corecache"
)

type transaction struct {
	cache      *Cache
	key        []byte
	header     http.Header
	found      *found
	obligation *variant
	closed     bool
}

func (t *transaction) Found() (corecache.Found, error) {
	if t.found == nil {
		return nil, corecache.ErrNotFound
	}
	return t.found, nil
}

func (t *transaction) MustInsertOrUpdate() bool { return t.obligation != nil }

func (t *transaction) Insert(opts corecache.WriteOptions) (corecache.Writer, error) {
	w, f, err := t.InsertAndStreamBack(opts)
	if err != nil {
		return nil, err
	}
	return w, f.Close()
}

func (t *transaction) InsertAndStreamBack(opts corecache.WriteOptions) (corecache.Writer, corecache.Found, error) {
	if err := t.mayWrite(opts); err != nil {
		return nil, nil, err
	}
	c := t.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	t.settle()
	o := c.put(t.key, opts, t.header, &body{})
	c.open++
	return &writer{cache: c, body: o.body}, c.found(o, false), nil
}

func (t *transaction) mayWrite(opts corecache.WriteOptions) error {
	if opts.RequestHeader != nil {
		return fmt.Errorf("%w: request headers in a transaction", corecache.ErrInvalidArgument)
	}
	if err := validate(t.key, opts); err != nil {
		return err
	}
	if t.obligation == nil {
		return fmt.Errorf("%w: no obligation", corecache.ErrInvalidOperation)
	}
	return nil
}

// settle ends the obligation. The caller holds the cache's mutex.
func (t *transaction) settle() {
	if t.obligation != nil {
		t.obligation.obliged = false
		t.obligation = nil
		t.cache.changed.Broadcast()
	}
}

func (t *transaction) Update(opts corecache.WriteOptions) error {
	if err := t.mayWrite(opts); err != nil {
		return err
	}
	if t.found == nil {
		return fmt.Errorf("%w: nothing to update", corecache.ErrInvalidOperation)
	}
	t.cache.mu.Lock()
	defer t.cache.mu.Unlock()
	t.settle()
	t.cache.put(t.key, opts, t.header, t.found.object.body)
	return nil
}

func (t *transaction) Cancel() error {
	t.cache.mu.Lock()
	defer t.cache.mu.Unlock()
	if t.obligation == nil {
		return fmt.Errorf("%w: no obligation", corecache.ErrInvalidOperation)
	}
	t.settle()
	return nil
}

func (t *transaction) Close() error {
	t.cache.mu.Lock()
	defer t.cache.mu.Unlock()
	if !t.closed {
		t.closed = true
		t.cache.open--
		t.settle()
	}
	return nil
}
