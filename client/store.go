package client

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Store keeps answers outside of the process, for when it restarts and for
// other processes of the same program. All keys are hexadecimal hashes. Values
// hold whole answers, some of them to requests with a credential: a Store must
// be as private as the program. Methods are called concurrently, and may fail:
// the program then goes on without it.
type Store interface {
	// Get returns false if there is no value for the key.
	Get(ctx context.Context, key string) ([]byte, bool, error)
	// Set keeps the value at least for a while and at most for maxAge.
	Set(ctx context.Context, key string, value []byte, maxAge time.Duration) error
}

const (
	// storeTimeout bounds each call of a Store.
	storeTimeout = 500 * time.Millisecond
	// storePause is how long a Store is not used after a failure.
	storePause = time.Second
	// maxPending bounds the number of answers that wait to be written.
	maxPending = 4096
	// rewriteAfter is how long an unchanged answer is not written again.
	rewriteAfter = time.Minute
)

// shared gives access to a Store. Writes are made in the background, only the
// latest for each key. A Store that hangs delays one reader for storeTimeout, and
// never a writer.
type shared struct {
	store  Store
	maxAge time.Duration
	failed func(error)

	mu      sync.Mutex
	pending map[string]*entry
	written map[string]time.Time
	writing chan struct{} // closed when the writer ends; nil without one
	readAt  time.Time     // before which nothing is read, after a failure
}

// get returns nil if there is no entry or the Store cannot be read now.
func (s *shared) get(key string) *entry {
	s.mu.Lock()
	e, waits := s.pending[key]
	rests := time.Now().Before(s.readAt)
	s.mu.Unlock()
	if waits || rests {
		return e
	}
	type result struct {
		value []byte
		ok    bool
		err   error
	}
	done := make(chan result, 1)
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	// A Store need not respect the deadline: go-redis does not by default.
	go func() {
		value, ok, err := s.store.Get(ctx, key)
		done <- result{value, ok, err}
	}()
	var got result
	select {
	case got = <-done:
	case <-ctx.Done():
		got.err = ctx.Err()
	}
	if got.err != nil {
		s.mu.Lock()
		s.readAt = time.Now().Add(storePause)
		s.mu.Unlock()
		s.failed(fmt.Errorf("client: read from the store: %w", got.err))
		return nil
	}
	if !got.ok {
		return nil
	}
	e, err := decodeEntry(got.value)
	if err != nil {
		s.failed(err)
		return nil
	}
	return e
}

// set keeps the entry soon. unchanged means that only Confirmed is newer.
func (s *shared) set(key string, e *entry, unchanged bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if unchanged && time.Since(s.written[key]) < rewriteAfter {
		return
	}
	if _, waits := s.pending[key]; !waits && len(s.pending) >= maxPending {
		return
	}
	if s.pending == nil {
		s.pending, s.written = map[string]*entry{}, map[string]time.Time{}
	}
	if len(s.written) >= maxPending {
		clear(s.written)
	}
	s.pending[key], s.written[key] = e, time.Now()
	if s.writing == nil {
		s.writing = make(chan struct{})
		go s.write(s.writing)
	}
}

// write works until nothing is pending.
func (s *shared) write(done chan struct{}) {
	defer close(done)
	for {
		key, e, ok := s.next()
		if !ok {
			return
		}
		if err := s.writeOne(key, e); err != nil {
			s.failed(fmt.Errorf("client: write to the store: %w", err))
			s.giveUp(key, e)
			time.Sleep(storePause)
			continue
		}
		s.mu.Lock()
		if s.pending[key] == e { // not replaced meanwhile
			delete(s.pending, key)
		}
		s.mu.Unlock()
	}
}

// next returns a pending write.
func (s *shared) next() (key string, e *entry, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, e = range s.pending {
		return key, e, true
	}
	s.writing = nil
	return "", nil, false
}

func (s *shared) writeOne(key string, e *entry) error {
	value, err := e.encode()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	return s.store.Set(ctx, key, value, s.maxAge)
}

// giveUp drops a write that has failed for long.
func (s *shared) giveUp(key string, e *entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending[key] == e && time.Since(s.written[key]) > rewriteAfter {
		delete(s.pending, key)
		delete(s.written, key)
	}
}

// Flush waits until all pending writes to the Store are done. Call it in a program
// that ends soon after its requests, or the latest answers are lost. The error is
// the context's.
func (t *Transport) Flush(ctx context.Context) error {
	t.once.Do(t.init)
	if t.shared == nil {
		return nil
	}
	t.shared.mu.Lock()
	writing := t.shared.writing
	t.shared.mu.Unlock()
	if writing == nil {
		return nil
	}
	select {
	case <-writing:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
