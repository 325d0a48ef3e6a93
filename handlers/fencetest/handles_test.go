//go:build !race

package fencetest

import (
	"fmt"
	"io"

	"larder/corecache"
)

// These are the handles that a steppedCache gives out.

type steppedTransaction struct {
	corecache.Transaction
	cache *steppedCache
	key   string
}

func (t *steppedTransaction) Found() (corecache.Found, error) {
	f, err := t.Transaction.Found()
	if err != nil {
		return nil, err
	}
	return &steppedFound{f, t.cache}, nil
}

func (t *steppedTransaction) holds() bool { return t.cache.holders[t.key] == t }

func (t *steppedTransaction) pause(what string, tags []string) {
	t.cache.pause(what, []byte(t.key), step{access: access{writes: true, tags: tags}})
}

func (t *steppedTransaction) settle() {
	if t.holds() {
		delete(t.cache.holders, t.key)
		t.cache.world.lead(-1)
	}
}

func (t *steppedTransaction) Insert(opts corecache.WriteOptions) (corecache.Writer, error) {
	t.pause("insert", opts.SurrogateKeys)
	t.settle()
	t.cache.stores(t.key, opts.SurrogateKeys)
	w, err := t.Transaction.Insert(opts)
	return t.cache.writer(w, opts, err)
}

func (t *steppedTransaction) InsertAndStreamBack(opts corecache.WriteOptions) (corecache.Writer, corecache.Found, error) {
	t.pause("insert", opts.SurrogateKeys)
	t.settle()
	t.cache.stores(t.key, opts.SurrogateKeys)
	w, f, err := t.Transaction.InsertAndStreamBack(opts)
	if err != nil {
		return nil, nil, err
	}
	w, err = t.cache.writer(w, opts, nil)
	return w, &steppedFound{f, t.cache}, err
}

func (t *steppedTransaction) Update(opts corecache.WriteOptions) error {
	t.pause("update", opts.SurrogateKeys)
	t.settle()
	if f, err := t.Transaction.Found(); err == nil {
		metadata, _ := f.UserMetadata() // the model does not fail
		if w := t.cache.writing[string(metadata)]; w != nil {
			w.writes(opts.UserMetadata) // the body is not complete yet
		}
	}
	t.cache.stores(t.key, opts.SurrogateKeys)
	return t.Transaction.Update(opts)
}

func (t *steppedTransaction) Cancel() error {
	t.pause("cancel the transaction on", nil)
	t.settle()
	return t.Transaction.Cancel()
}

func (t *steppedTransaction) Close() error {
	if t.cache.world.aborted {
		return nil
	}
	if t.holds() {
		t.pause("close the transaction on", nil)
	}
	t.settle()
	return t.Transaction.Close()
}

type steppedFound struct {
	corecache.Found
	cache *steppedCache
}

func (f *steppedFound) Body() (io.ReadCloser, error) {
	body, err := f.Found.Body()
	return f.reader(body, err)
}

func (f *steppedFound) Range(first, last uint64) (io.ReadCloser, error) {
	body, err := f.Found.Range(first, last)
	return f.reader(body, err)
}

func (f *steppedFound) reader(body io.ReadCloser, err error) (io.ReadCloser, error) {
	if err != nil {
		return nil, err
	}
	metadata, err := f.UserMetadata()
	return &steppedReader{body, f.cache, string(metadata)}, err
}

type steppedReader struct {
	io.ReadCloser
	cache    *steppedCache
	metadata string
}

// Read waits for a body that is being written. That it could be read piece by
// piece makes no difference to what is read.
func (r *steppedReader) Read(p []byte) (int, error) {
	w := r.cache.world
	if w.aborted {
		return 0, errAborted
	}
	if r.cache.writing[r.metadata] != nil {
		w.pause(step{what: "read the body", ready: func() bool { return r.cache.writing[r.metadata] == nil }})
	}
	return r.ReadCloser.Read(p)
}

type steppedWriter struct {
	corecache.Writer
	cache    *steppedCache
	objects  []string // that have the body, by their metadata
	inserted int      // the actor's steps until then
	pieces   int      // written so far, which tell one write from the next
}

// writes notes an object whose body is written here.
func (w *steppedWriter) writes(metadata []byte) {
	w.objects = append(w.objects, string(metadata))
	w.cache.writing[string(metadata)] = w
}

func (w *steppedWriter) ends() {
	for _, metadata := range w.objects {
		delete(w.cache.writing, metadata)
	}
}

func (w *steppedWriter) Write(p []byte) (int, error) {
	w.pieces++
	w.cache.world.pauseToWrite(fmt.Sprintf("write piece %d of the body", w.pieces), w.inserted)
	return w.Writer.Write(p)
}

func (w *steppedWriter) Close() error {
	w.cache.world.pauseToWrite("complete the body", w.inserted)
	w.ends()
	return w.Writer.Close()
}

func (w *steppedWriter) Abandon() error {
	w.cache.world.pauseToWrite("abandon the body", w.inserted)
	w.ends()
	return w.Writer.Abandon()
}
