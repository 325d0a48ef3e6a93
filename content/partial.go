package content

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"larder/httpcache"
)

// A route that passes the client's headers on passes its Range on as well, and
// stores the part that comes back (RFC 9111 §3.3). Elsewhere the origin is
// always asked for the whole.

// forwardsRange reports whether the origin is asked for the range that the
// client asks for. It is not where the body has to be read for its items, nor
// where the client has a condition, which only the whole can answer.
func (ft *fetch) forwardsRange() bool {
	return ft.Method == http.MethodGet && ft.Route.AllHeaders && ft.Route.Items.Empty() &&
		len(ft.Header["Range"]) > 0 && len(ft.Header["If-Range"]) == 0
}

// lacksRange reports whether an entry holds only a part of its content, and not
// what this request asks for.
func (r *request) lacksRange(e *entry) bool {
	if e == nil || !e.record.Partial {
		return false
	}
	_, outcome := e.record.Ranges(RangeHeader(r.Method, r.Header))
	return outcome == httpcache.RangeNotHeld
}

// RangeHeader is a request's header as far as ranges go: only a GET can ask for
// one (RFC 9110 §14.2).
func RangeHeader(method string, header http.Header) http.Header {
	if method != http.MethodGet {
		return nil
	}
	return header
}

// fetchMissingRange asks the origin for what a part lacks, joins both where that
// is allowed (RFC 9111 §3.4), and answers.
func (r *request) fetchMissingRange(ctx context.Context, e *entry) *Result {
	defer takeSlot(r)()
	ft := &fetch{request: r}
	missing, ok := e.record.MissingRange()
	if ok && r.Header.Get("Range") == "" && e.use.Use == httpcache.UseFresh && e.record.TotalLength() <= r.Config.Limits.TaggedBody {
		ft.missing = missing
	}
	f := ft.run(ctx)
	if ft.missing != nil && f.verdict != failedFetch && f.resp.Status == http.StatusPartialContent {
		if f = ft.join(e, f); f == nil { // all of it, then
			f = r.fetch(ctx, nil)
		}
	}
	var res *Result
	if f.verdict == failedFetch {
		res, _ = r.answerFailed(nil, f)
	} else {
		var s stored
		if f.refusal.reason == "" {
			s = r.store(e, f)
		}
		res = r.answerFetched(nil, f, s)
	}
	res.Status.Fwd = httpcache.FwdPartial
	return res
}

// join makes the whole body of a stored part and a fetched one. It returns nil
// where they do not make it.
func (ft *fetch) join(e *entry, f *fetched) *fetched {
	joined := *f
	c, ok := e.record.Combine(f.id, &httpcache.Request{Method: ft.Method, Header: ft.Header}, responseOf(f.resp), ft.policy)
	if !ok || c.Response.Partial || f.resp.Remainder != nil || c.Skip+c.Take > int64(len(f.body)) {
		ft.describe("complete", fmt.Errorf("%w; the parts do not make the whole", ErrAnswer))
		return nil
	}
	stored, err := e.found.Body()
	if err == nil {
		var old []byte
		old, err = io.ReadAll(io.LimitReader(stored, ft.Config.Limits.TaggedBody))
		err = errors.Join(err, stored.Close())
		joined.body = joinParts(c, old, f.body[c.Skip:c.Skip+c.Take])
	}
	if err != nil {
		ft.describe("complete", err)
		return nil
	}
	c.Response.Keys, c.Response.Rules = tagger{ft.request}.joinedKeys(e, f), f.record.Rules
	joined.record = c.Response
	return &joined
}

func joinParts(c httpcache.Combination, old, more []byte) []byte {
	if c.NewFirst {
		return append(append([]byte(nil), more...), old...)
	}
	return append(old, more...)
}
