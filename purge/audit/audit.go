// Package audit records who purged what: one line of JSON for each purge, and a
// short list of the latest ones in this POP.
//
// [Trail.Record] is where to start. A record has no token, no credential and no
// query: it names tokens by their names, and tenants by the first characters of
// their IDs. Whatever a sender may make long is cut.
package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"time"

	"larder/corecache"
	"larder/resource"
)

// Cache is what the sandboxes of a POP share; [corecache.Cache] is one.
type Cache interface {
	Lookup(key []byte, opts corecache.LookupOptions) (corecache.Found, error)
	Insert(key []byte, opts corecache.WriteOptions) (corecache.Writer, error)
}

// Trail records purges. A nil Trail records none.
type Trail struct {
	// Lines returns what takes the lines, each in one call and without a line
	// feed, as a log endpoint does.
	Lines func() io.Writer
	// Cache has the latest purges of the POP as one object. There is no lock
	// between sandboxes: of two purges in the same moment one may be missing there,
	// but not in the lines.
	Cache Cache
	// Log takes a line for the operator.
	Log func(format string, args ...any)
}

const (
	// maxRecent is how many purges the POP remembers.
	maxRecent = 20
	// recentTime is for how long, if the cache does not drop them before.
	recentTime = 7 * 24 * time.Hour
	// maxObject is more than maxRecent lines can take, in bytes.
	maxObject = 512 << 10
)

// recentKey is the cache key of the latest purges: their lines, the last one first.
// The object has no surrogate keys, so no purge at Larder removes it.
var recentKey = []byte(resource.KeyVersion + "\npurges")

// Record writes a line, and puts it among the latest of the POP. What fails is
// logged: the purge itself has been carried out.
func (t *Trail) Record(r Record) {
	if t == nil {
		return
	}
	line, err := json.Marshal(r.bounded())
	if err != nil {
		t.Log("write the audit line of a purge: %v", err)
		return
	}
	if _, err := t.Lines().Write(line); err != nil {
		t.Log("write the audit line of a purge: %v", err)
	}
	if err := t.remember(append(line, '\n')); err != nil {
		t.Log("remember a purge for the status: %v", err)
	}
}

// remember puts a line before those of the POP.
func (t *Trail) remember(line []byte) error {
	before, err := t.read()
	if err != nil {
		return err
	}
	for i, old := range bytes.SplitAfter(before, []byte("\n")) {
		if i < maxRecent-1 {
			line = append(line, old...)
		}
	}
	w, err := t.Cache.Insert(recentKey, corecache.WriteOptions{TTL: recentTime, HasLength: true, Length: uint64(len(line))})
	if err != nil {
		return err
	}
	if _, err := w.Write(line); err != nil {
		return errors.Join(err, w.Abandon())
	}
	return w.Close()
}

// Recent returns the records of the latest purges of this POP, the last one first.
func (t *Trail) Recent() ([]json.RawMessage, error) {
	if t == nil {
		return nil, nil
	}
	lines, err := t.read()
	var recent []json.RawMessage
	for line := range bytes.Lines(lines) {
		if json.Valid(line) {
			recent = append(recent, bytes.TrimSpace(line))
		}
	}
	return recent, err
}

// read returns the lines of the POP.
func (t *Trail) read() ([]byte, error) {
	found, err := t.Cache.Lookup(recentKey, corecache.LookupOptions{})
	if errors.Is(err, corecache.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	lines, err := readBody(found)
	return lines, errors.Join(err, found.Close())
}

func readBody(found corecache.Found) ([]byte, error) {
	body, err := found.Body()
	if err != nil {
		return nil, err
	}
	lines, err := io.ReadAll(io.LimitReader(body, maxObject))
	return lines, errors.Join(err, body.Close())
}
