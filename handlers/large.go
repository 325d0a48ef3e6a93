package handlers

import (
	"errors"
	"fmt"
	"io"

	"larder/corecache"
	"larder/target"
)

// gather takes in the rest of a large body before the answer takes the place of
// an entry: one that breaks off must not cost the entry that an outage needs.
// It goes to a place of its own in the cache, and is read from there.
func (k *ask) gather(f *fetched) {
	key := []byte(target.KeyVersion + "\ncoming\n" + f.record.ID)
	w, err := k.app.cache.Insert(key, corecache.WriteOptions{TTL: leaseTime})
	if err != nil {
		k.app.log("store %s: %v", k.target.Path, err)
		k.refuse(f, errCache.Error())
		return
	}
	length, err := k.fill(w, f)
	if err != nil {
		f.err = errors.Join(err, w.Abandon())
		return
	}
	body, err := k.gathered(key)
	if err != nil {
		f.err = fmt.Errorf("%w: %w", errCache, err)
		return
	}
	_ = f.resp.Rest.Close() // all of it has been read
	f.resp.Rest, f.body, f.record.Length = body, nil, length
}

func (k *ask) gathered(key []byte) (io.ReadCloser, error) {
	found, err := k.app.cache.Lookup(key, corecache.LookupOptions{})
	if err != nil {
		return nil, err
	}
	body, err := found.Body()
	if err != nil {
		return nil, errors.Join(err, found.Close())
	}
	return gathered{body, found}, nil
}

// gathered is a body in the cache, with what was found there.
type gathered struct {
	io.ReadCloser
	found corecache.Found
}

func (g gathered) Close() error { return errors.Join(g.ReadCloser.Close(), g.found.Close()) }
