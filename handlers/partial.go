package handlers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"larder/httpcache"
	"larder/origin"
	"larder/surrogate"
)

// A route that passes the client's headers on passes its Range on as well, and
// keeps the part that comes back (RFC 9111 §3.3). Elsewhere the origin is
// always asked for the whole.

// asksForPart reports whether the origin is asked for the range that the client
// asks for. It is not where the body has to be read for its items, nor where
// the client has a condition, which only the whole can answer.
func (k *ask) asksForPart() bool {
	return k.r.Method == http.MethodGet && k.route.AllHeaders && k.route.Items.Empty() &&
		len(k.header["Range"]) > 0 && len(k.header["If-Range"]) == 0
}

// lacks reports whether an entry holds only a part of its content, and not
// what this request asks for.
func (k *ask) lacks(e *entry) bool {
	if e.record.Kind != httpcache.KindResponse || !e.record.Partial {
		return false
	}
	_, outcome := e.record.Ranges(k.rangeHeader())
	return outcome == httpcache.RangeNotHeld
}

// rangeHeader is the request's header as far as ranges go: only a GET can ask
// for one (RFC 9110 §14.2).
func (k *ask) rangeHeader() http.Header {
	if k.r.Method != http.MethodGet {
		return nil
	}
	return k.header
}

// complete asks the origin for what a part lacks, joins both where that is
// allowed (RFC 9111 §3.4), and answers.
func (k *ask) complete(ctx context.Context, e *entry) {
	k.status.Fwd = httpcache.FwdPartial
	missing, ok := e.record.MissingRange()
	if !ok || k.header.Get("Range") != "" || e.use.Use != httpcache.UseFresh ||
		e.record.TotalLength() > k.app.config.Limits.TaggedBody {
		k.fetchAlone(ctx, nil)
		return
	}
	k.missing = missing
	f := k.fetch(ctx, nil)
	k.missing = nil
	defer f.close()
	if !f.failed() && f.resp.Status == http.StatusPartialContent {
		f.err = k.join(e, f)
	}
	if f.failed() {
		k.failed(nil, f)
		return
	}
	if f.keep {
		k.store(f, k.insert)
	}
	k.answerFetched(f)
}

// join makes one body of a kept part and a fetched one.
func (k *ask) join(e *entry, f *fetched) error {
	request := k.request
	c, ok := e.record.Combine(f.record.ID, &request, f.response(), k.policy)
	if !ok || f.resp.Remainder != nil || c.Skip+c.Take > int64(len(f.body)) {
		return fmt.Errorf("%w; the parts do not fit together", errFrame)
	}
	kept, err := e.found.Body()
	if err != nil {
		return err
	}
	old, err := io.ReadAll(io.LimitReader(kept, k.app.config.Limits.TaggedBody))
	if err = errors.Join(err, kept.Close()); err != nil {
		return fmt.Errorf("%w: %w", origin.ErrTruncated, err)
	}
	more := f.body[c.Skip : c.Skip+c.Take]
	if c.NewFirst {
		f.body = append(append([]byte(nil), more...), old...)
	} else {
		f.body = append(old, more...)
	}
	c.Response.Keys, c.Response.Rules = k.joinedKeys(e, f), f.record.Rules
	f.record = c.Response
	return nil
}

// joinedKeys are those of both parts: a purge of either is one of the whole.
func (k *ask) joinedKeys(e *entry, f *fetched) []string {
	set := surrogate.NewSet(k.resource.Tenant.Prefix())
	set.Carry(withEntryKey(e.record.Keys, e.record.ID, f.record.ID)...)
	set.Carry(f.record.Keys...)
	return set.Keys()
}
