package content

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"larder/corecache"
	"larder/httpcache"
	"larder/origin"
	"larder/resource"
)

// A large body that was not read ahead whole is read into a spool in the cache
// before the response begins. So a body that breaks off replaces no entry that an
// outage needs, another origin can still be asked, and a client that reads slowly
// does not hold up the requests that wait for the same fetch. The cost is the time
// to the first byte: the client gets it after the origin's last one (bench/large).

// The guest does not know the length of a gzip-compressed body in advance, and a
// few hundred kilobytes of gzip may become hundreds of megabytes. A body of unknown
// length that turns out longer than maxUnannounced is not stored: its client gets
// the part in the spool, and then the remainder as it arrives.

// maxUnannounced is the longest body of unknown length that is stored, in bytes.
const maxUnannounced = 16 << 20

// spoolTime is longer than any fetch may take.
const spoolTime = 3 * time.Minute

func spoolKey(id string) []byte { return []byte(resource.KeyVersion + "\nspool\n" + id) }

// spooled is a whole body in the cache, and reads it.
type spooled struct {
	io.ReadCloser
	found  corecache.Found
	length int64
}

func (s *spooled) Close() error { return errors.Join(s.ReadCloser.Close(), s.found.Close()) }

// Open implements [Body]. The host has one body open at a time.
func (s *spooled) Open(part *httpcache.ByteRange) (io.ReadCloser, error) {
	err := s.ReadCloser.Close()
	var body io.ReadCloser
	if err == nil && part == nil {
		body, err = s.found.Body()
	} else if err == nil {
		body, err = s.found.Range(uint64(part.First), uint64(part.Last))
	}
	if err != nil {
		return nil, err
	}
	s.ReadCloser = body
	return io.NopCloser(body), nil // closed with the others
}

// overlong is a body that turned out to be longer than [maxUnannounced]. It reads
// the part in the spool, and then the origin's remainder.
type overlong struct {
	io.Reader
	beginning *spooled
	remainder io.Closer
}

func (o *overlong) Close() error { return errors.Join(o.beginning.Close(), o.remainder.Close()) }

// spooler spools the answer of one fetch.
type spooler struct {
	*request
	id string
	// failed says that the cache has failed, and consumed is the answer that was
	// partly read by then.
	failed   bool
	consumed *origin.Response
}

// spool reads the remainder of a large body that may be stored into the cache. It
// returns the origin's errors only: a failing cache must not count against an
// origin.
func (sp *spooler) spool(resp *origin.Response) error {
	if sp.failed || !sp.spools(resp) {
		return nil
	}
	err := sp.fill(resp)
	if errors.Is(err, errCache) {
		sp.describe("spool", err)
		sp.failed = true
		return nil
	}
	return err
}

func (sp *spooler) fill(resp *origin.Response) error {
	w, err := sp.Cache.Insert(spoolKey(sp.id), corecache.WriteOptions{TTL: spoolTime})
	if err != nil {
		return fmt.Errorf("%w: %w", errCache, err)
	}
	sp.consumed = resp
	body, announced := io.MultiReader(bytes.NewReader(resp.Body), resp.Remainder), announcedLength(resp.Header)
	if announced < 0 {
		body = io.LimitReader(body, maxUnannounced+1)
	}
	length, err := fill(w, body, announced)
	if err != nil {
		return errors.Join(err, w.Abandon())
	}
	found, err := sp.Cache.Lookup(spoolKey(sp.id), corecache.LookupOptions{})
	if err != nil {
		return fmt.Errorf("%w: %w", errCache, err)
	}
	back, err := found.Body()
	if err != nil {
		return fmt.Errorf("%w: %w", errCache, errors.Join(err, found.Close()))
	}
	sp.consumed = nil
	beginning := &spooled{back, found, length}
	if announced < 0 && length > maxUnannounced {
		resp.Body, resp.Remainder = nil, &overlong{io.MultiReader(beginning, resp.Remainder), beginning, resp.Remainder}
		return nil
	}
	_ = resp.Remainder.Close() // all of it has been read
	resp.Body, resp.Remainder = nil, beginning
	return nil
}

// spools reports whether a body is large, may be stored and has an end.
func (sp *spooler) spools(resp *origin.Response) bool {
	switch resp.Remainder.(type) {
	case nil, *spooled, *overlong:
		return false
	}
	if resp.Status == http.StatusPartialContent || streams(sp.request, resp.Header) || announcedLength(resp.Header) > corecache.MaxBody {
		return false
	}
	_, why := httpcache.Plan(sp.asked(), responseOf(resp), sp.policy)
	return why == httpcache.Storable
}

// streams reports whether an answer goes to the client as it arrives. A body of
// unknown length that may not be stored and need not be checked may have no end.
func streams(r *request, header http.Header) bool {
	if mediaType(header) == eventStream {
		return true
	}
	if r.policy.TTL.Valid && !r.Route.Items.Empty() || announcedLength(header) >= 0 {
		return false
	}
	_, why := httpcache.Plan(r.asked(), &httpcache.Response{Status: http.StatusOK, Header: header}, r.policy)
	return why == httpcache.NotStoredNoStore || why == httpcache.NotStoredPrivate
}

// eventStream is the type of a body that has no end (the HTML standard,
// "Server-sent events").
const eventStream = "text/event-stream"

// announcedAge is the Age that an answer came with.
func announcedAge(header http.Header) time.Duration {
	seconds, err := strconv.ParseInt(header.Get("Age"), 10, 32)
	if err != nil {
		return 0
	}
	return time.Duration(max(seconds, 0)) * time.Second
}
