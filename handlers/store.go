package handlers

import (
	"errors"
	"fmt"
	"io"

	"larder/corecache"
	"larder/httpcache"
	"larder/origin"
)

// store puts what was fetched into the cache. A fetch of which a part is lost
// on the way has failed.
func (k *ask) store(f *fetched, put putter) {
	opts, err := k.writeOptions(f.record)
	if err != nil {
		k.app.log("store %s: %v", k.resource.Path, err)
		return
	}
	w, err := put(opts)
	if err != nil {
		k.app.log("store %s: %v", k.resource.Path, err)
		return
	}
	// A handle of its own, because a purge may take the entry away while the
	// body is still coming.
	if f.resp.Remainder != nil {
		f.back = k.handle(f.record.ID)
	}
	// The entry can be found from now on, so its lease is checked now.
	f.overtaken = !k.app.settle(f.record.ID)
	whole := *f.resp
	whole.Body = f.body // which may have been joined of two
	if _, err := fill(w, &whole, f.record.Length); err != nil {
		k.app.log("store %s: %v", k.resource.Path, errors.Join(err, w.Abandon()))
		// What was abandoned could still be found, and not be read.
		k.app.drop(f.record)
		f.forsake(err)
		return
	}
	f.kept = true
	k.status.Stored = true
}

// forsake gives up the entry of a large body that could not be kept. Where all
// of it was gathered before, that is still the answer.
func (f *fetched) forsake(err error) {
	if f.back != nil {
		_ = f.back.Close() // a handle that cannot be closed cannot be helped
		f.back = nil
	}
	if f.resp.Remainder != nil && !f.gathered() {
		f.err = err // a part of it may be gone
	}
}

// handle finds the entry that was just inserted, or nil where another one has
// taken its place at once.
func (k *ask) handle(id string) corecache.Found {
	found, err := k.app.cache.Lookup(k.resource.Key, k.lookup)
	if err != nil {
		return nil
	}
	if got, err := recordID(found); err != nil || got != id {
		_ = found.Close() // a handle that cannot be closed cannot be helped
		return nil
	}
	return found
}

// recordID reads whose entry was found.
func recordID(found corecache.Found) (string, error) {
	metadata, err := found.UserMetadata()
	if err != nil {
		return "", err
	}
	var record httpcache.StoredResponse
	err = record.UnmarshalBinary(metadata)
	return record.ID, err
}

// breaking knows whether it was the reader that failed.
type breaking struct {
	io.Reader
	broken bool
}

func (b *breaking) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	b.broken = err != nil && !errors.Is(err, io.EOF)
	return n, err
}

// fill writes a body, and returns its length. What was not read yet goes
// straight through. announced is what the length must be, or -1. An error of the
// origin's wraps its own, one of the cache's errCache.
func fill(w corecache.Writer, resp *origin.Response, announced int64) (int64, error) {
	length := int64(len(resp.Body))
	if length > 0 {
		if _, err := w.Write(resp.Body); err != nil {
			return 0, fmt.Errorf("%w: %w", errCache, err)
		}
	}
	if resp.Remainder != nil {
		rest := &breaking{Reader: resp.Remainder}
		written, err := io.CopyBuffer(w, rest, make([]byte, copyBuffer))
		switch {
		case rest.broken:
			return 0, err
		case err != nil:
			return 0, fmt.Errorf("%w: %w", errCache, err)
		}
		length += written
		if announced >= 0 && length != announced {
			return 0, fmt.Errorf("%w: %d of %d bytes", origin.ErrTruncated, length, announced)
		}
	}
	if err := w.Close(); err != nil {
		return 0, fmt.Errorf("%w: %w", errCache, err)
	}
	return length, nil
}

// update gives an entry that the origin has validated its new record: in place
// where a transaction is obliged to update just this entry, otherwise by
// writing it anew.
func (k *ask) update(e *entry, f *fetched) {
	opts, err := k.writeOptions(f.record)
	if err != nil {
		k.app.log("update %s: %v", k.resource.Path, err)
		return
	}
	tx, err := k.app.cache.Transact(k.resource.Key, k.lookup)
	if err != nil {
		k.app.log("transaction for %s: %v", k.resource.Path, err)
		return
	}
	defer k.closeTransaction(tx)
	if k.obliged(tx, e) {
		if err = tx.Update(opts); err == nil {
			f.overtaken = !k.app.settle(f.record.ID)
		}
	} else if err = k.copyEntry(e, f, opts); err != nil {
		// What was abandoned could still be found, and not be read.
		k.app.drop(f.record)
	}
	if err != nil {
		k.app.log("update %s: %v", k.resource.Path, err)
		return
	}
	f.kept = true
	k.status.Stored = true
}

// obliged reports whether the transaction can update just this entry.
func (k *ask) obliged(tx corecache.Transaction, e *entry) bool {
	if !tx.MustInsertOrUpdate() {
		return false
	}
	found, err := tx.Found()
	if err != nil {
		return false
	}
	id, err := recordID(found)
	return err == nil && id == e.record.ID
}

func (k *ask) copyEntry(e *entry, f *fetched, opts corecache.WriteOptions) error {
	body, err := e.found.Body()
	if err != nil {
		return err
	}
	defer body.Close()
	w, err := k.insert(opts)
	if err != nil {
		return err
	}
	f.overtaken = !k.app.settle(f.record.ID) // it can be found from now on
	if _, err := io.CopyBuffer(w, body, make([]byte, copyBuffer)); err != nil {
		return errors.Join(err, w.Abandon())
	}
	return w.Close()
}
