package handlers

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"larder/corecache"
	"larder/httpcache"
	"larder/origin"
	"larder/resource"
)

// gather takes in the rest of a large body that is to be kept, to a place of
// its own in the cache, from where it is read then. One that breaks off must
// cost nobody an entry that an outage needs, nor be found by others half, and
// another origin may have the whole.
func (k *ask) gather(f *fetched, resp *origin.Response) error {
	if f.lost || !k.gathers(resp) {
		return nil
	}
	w, err := k.app.cache.Insert(comingKey(f.id), corecache.WriteOptions{TTL: leaseTime})
	if err != nil {
		k.app.log("store %s: %v", k.resource.Path, err)
		f.lost = true
		return nil
	}
	length, err := fill(w, resp, announcedLength(resp.Header))
	if err != nil {
		if abandoned := w.Abandon(); abandoned != nil {
			k.app.log("abandon %s: %v", k.resource.Path, abandoned)
		}
		return k.halved(f, resp, err)
	}
	found, body, err := k.coming(f.id)
	if err != nil {
		return k.halved(f, resp, fmt.Errorf("%w: %w", errCache, err))
	}
	_ = resp.Remainder.Close() // all of it has been read
	resp.Body, resp.Remainder = nil, gathered{body, found, length}
	return nil
}

// halved takes note of an answer whose body is not there as a whole. That the
// cache has failed is no fault of the origin.
func (k *ask) halved(f *fetched, resp *origin.Response, err error) error {
	if !errors.Is(err, errCache) {
		return err
	}
	k.app.log("store %s: %v", k.resource.Path, err)
	f.lost, f.halved = true, resp
	return nil
}

// gathers reports whether a body is large, may be kept and has an end.
func (k *ask) gathers(resp *origin.Response) bool {
	_, done := resp.Remainder.(gathered)
	if done || resp.Remainder == nil || resp.Status == http.StatusPartialContent {
		return false
	}
	if k.streams(resp.Header) || announcedLength(resp.Header) > corecache.MaxBody {
		return false
	}
	_, notStored := httpcache.Plan(k.asked(), responseOf(resp), k.policy)
	return notStored == httpcache.Storable
}

func comingKey(id string) []byte { return []byte(resource.KeyVersion + "\ncoming\n" + id) }

// coming opens what was gathered.
func (k *ask) coming(id string) (corecache.Found, io.ReadCloser, error) {
	found, err := k.app.cache.Lookup(comingKey(id), corecache.LookupOptions{})
	if err != nil {
		return nil, nil, err
	}
	body, err := found.Body()
	if err != nil {
		return nil, nil, errors.Join(err, found.Close())
	}
	return found, body, nil
}

// gathered is a whole body in the cache, with what was found there.
type gathered struct {
	io.ReadCloser
	found  corecache.Found
	length int64
}

// gathered reports whether the body is in the cache as a whole.
func (f *fetched) gathered() bool {
	_, ok := f.resp.Remainder.(gathered)
	return ok
}

func (g gathered) Close() error { return errors.Join(g.ReadCloser.Close(), g.found.Close()) }
