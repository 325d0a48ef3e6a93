package handlers

import (
	"errors"
	"io"

	"larder/corecache"
	"larder/target"
)

// gather takes in the rest of a large body before the answer takes the place of
// an entry: one that breaks off must not cost the entry that an outage needs.
// It goes to a place of its own in the cache, and is read from there.
func (k *ask) gather(f *fetched) error {
	key := []byte(target.KeyVersion + "\ncoming\n" + f.record.ID)
	w, err := k.app.cache.Insert(key, corecache.WriteOptions{TTL: leaseTime})
	if err != nil {
		return err
	}
	length, err := k.fill(w, f)
	if err != nil {
		return errors.Join(err, w.Abandon())
	}
	found, err := k.app.cache.Lookup(key, corecache.LookupOptions{})
	if err != nil {
		return err
	}
	body, err := found.Body()
	if err != nil {
		return errors.Join(err, found.Close())
	}
	err = f.resp.Rest.Close()
	f.resp.Rest, f.body, f.record.Length = gathered{body, found}, nil, length
	return err
}

// gathered is a body in the cache, with what was found there.
type gathered struct {
	io.ReadCloser
	found corecache.Found
}

func (g gathered) Close() error { return errors.Join(g.ReadCloser.Close(), g.found.Close()) }
