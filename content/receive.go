package content

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"larder/corecache"
	"larder/fence"
	"larder/httpcache"
	"larder/origin"
	"larder/surrogate"
)

// inspection is what is known of an answer's content.
type inspection struct {
	resp *origin.Response
	// items are the keys of the items in its body; unread says why they are
	// not all of them.
	items  []string
	unread error
	// fault is why the answer makes no sense.
	fault error
}

// inspect says whether an answer makes sense. One that does not is as good as
// none, and another origin may have a better one. An origin's failures show in
// their status.
func (ft *fetch) inspect(req *origin.Request, resp *origin.Response) inspection {
	ins := inspection{resp: resp}
	conditional := len(req.Header["If-None-Match"])+len(req.Header["If-Modified-Since"]) > 0
	switch {
	case resp.Status < 200 || resp.Status > 599:
		ins.fault = fmt.Errorf("%w; status %d", ErrAnswer, resp.Status)
	case resp.Status == http.StatusNotModified && !conditional:
		ins.fault = fmt.Errorf("%w; 304 to an unconditional request", ErrAnswer)
	case resp.Status == http.StatusPartialContent && len(req.Header["Range"]) == 0:
		ins.fault = fmt.Errorf("%w; 206 to a request for the whole", ErrAnswer)
	case ft.hasItems(resp):
		ins.items, ins.unread = ft.Route.Items.Keys(resp.Body, func(variable string) (string, bool) {
			return ft.Resource.Variable(ft.Route.Route, variable)
		})
		if errors.Is(ins.unread, surrogate.ErrNotJSON) && ft.policy.TTL.Valid {
			ins.fault = fmt.Errorf("%w; %w", errBody, ins.unread)
		}
	}
	return ins
}

// hasItems reports whether the body is read for the keys of its items.
func (ft *fetch) hasItems(resp *origin.Response) bool {
	if ft.Route.Items.Empty() || resp.Remainder != nil {
		return false
	}
	return resp.Status == http.StatusOK || resp.Status == http.StatusNonAuthoritativeInfo
}

// refusal is why an answer may not be stored.
type refusal struct {
	reason string
	// shareable says that the requests that waited for the answer may have it.
	shareable bool
	// sparesEntry says that the entry which the answer validates is as good as
	// before.
	sparesEntry bool
}

// reception is what a fetch knows when its answer is there.
type reception struct {
	*fetch
	inspection
	lease fence.Lease
	// unleased says that no purge would be noticed.
	unleased bool
	spooler  *spooler
	// quiet says that the shield's copies can be trusted.
	quiet bool
}

// receive makes the record of an answer, or says why it is a failure.
func (rec *reception) receive(f *fetched) {
	policy := rec.policy
	switch {
	case rec.fails(f.resp):
		f.err = fmt.Errorf("%w %d", errStatus, f.resp.Status)
	case rec.fault != nil:
		f.err = rec.fault
	default:
		f.err = rec.spooler.spool(f.resp)
		if f.err == nil && rec.spooler.consumed == f.resp {
			f.err = errCache
		}
	}
	if f.err == nil {
		policy, f.err = rec.trustShield(f.resp, policy)
	}
	if f.err != nil {
		return
	}
	if f.resp.Status == http.StatusNotModified {
		rec.freshen(f, policy)
	} else {
		rec.newRecord(f, policy)
	}
	if f.err != nil {
		f.verdict = failedFetch
		return
	}
	f.record.KeysLease = rec.lease.Covers(f.record.Keys)
	if rec.unleased {
		f.refuse(errCache.Error(), false)
	}
	if f.resp.Stale() {
		f.record.Detail = errStale.Error()
		limitToGrace(f.record)
	}
}

// fails reports whether an answer's status makes it a failure. Where the origin
// speaks for itself, its errors are for the client, unless there is something
// better.
func (rec *reception) fails(resp *origin.Response) bool {
	return rec.Config.Failures.Has(resp.Status) &&
		(rec.policy.TTL.Valid || rec.previous != nil && rec.previous.use.StaleIfError)
}

// freshen makes the record of an entry that the origin has validated. A 304 can
// also say that the entry may not be stored any more.
func (rec *reception) freshen(f *fetched, policy httpcache.Policy) {
	record, notStored, ok := rec.previous.record.Freshen(f.id, rec.asked(), responseOf(f.resp), policy)
	if !ok {
		f.err = fmt.Errorf("%w; 304 for another answer", ErrAnswer)
		return
	}
	f.record, f.verdict = record, validated
	if notStored != httpcache.Storable {
		f.refuse(notStored.String(), false)
		f.refusal.sparesEntry = notStored.SparesEntry()
	}
	record.Keys = tagger{rec.request}.validatedKeys(rec.previous, f)
	rec.addEdgeHeaders(record.Header)
}

// newRecord makes the record of a new answer.
func (rec *reception) newRecord(f *fetched, policy httpcache.Policy) {
	request, resp := rec.asked(), f.resp
	lifetimes, notStored := httpcache.Plan(request, responseOf(resp), policy)
	told := rec.policy
	f.verdict = storable
	if notStored != httpcache.Storable {
		f.refuse(notStored.String(), rec.shareable(resp, notStored))
		// The operator's lifetimes are for what is stored: clients hear what
		// the origin says.
		told.TTL.Valid = false
	}
	f.record = httpcache.NewStoredResponse(f.id, request, responseOf(resp), lifetimes, told)
	f.body = resp.Body
	if resp.Remainder == nil {
		if !f.record.BodyFits(int64(len(f.body))) {
			f.refuse("cut-short", false)
		}
		f.record.SetBody(int64(len(f.body)), ownETag(resp))
	} else {
		rec.measureLarge(f)
	}
	if errors.Is(rec.unread, surrogate.ErrNotJSON) { // no purge of an item in it would find it
		f.refuse("untagged", false)
	}
	f.record.Keys, f.record.Rules = tagger{rec.request}.answerKeys(f, rec.inspection), rec.Route.rules()
	rec.addEdgeHeaders(f.record.Header)
}

// shareable reports whether the requests that waited for an answer may have it
// although it is not stored: nothing says that it is for one client alone.
func (rec *reception) shareable(resp *origin.Response, why httpcache.NotStored) bool {
	switch why {
	case httpcache.NotStoredErrorStatus, httpcache.NotStoredStatus, httpcache.NotStoredNoLifetime:
		return resp.Remainder == nil && len(resp.Header["Set-Cookie"]) == 0
	}
	return false
}

// measureLarge sets the length of a large body, and refuses what cannot be
// stored.
func (rec *reception) measureLarge(f *fetched) {
	length := announcedLength(f.resp.Header)
	spooled, whole := f.resp.Remainder.(*spooled)
	if whole {
		length = spooled.length
	}
	_, overlong := f.resp.Remainder.(*overlong)
	switch {
	// Whether a large part is all that it says cannot be known in time.
	case f.resp.Status == http.StatusPartialContent:
		f.refuse(httpcache.NotStoredRange.String(), false)
	case length > corecache.MaxBody || overlong:
		f.refuse("too-large", false)
	case streams(rec.request, f.resp.Header):
		f.refuse("stream", false)
	case !whole && rec.spooler.failed:
		f.refuse(errCache.Error(), false)
	}
	f.record.SetBody(length, "")
}

// refuse keeps an answer out of the cache. The first reason counts.
func (f *fetched) refuse(reason string, shareable bool) {
	if f.refusal.reason == "" {
		f.refusal = refusal{reason: reason, shareable: shareable}
	}
	if f.verdict == storable {
		f.verdict = notStorable
	}
}

// ownETag is the validator of an answer that came without one, so that clients
// always get their 304.
func ownETag(resp *origin.Response) string {
	if resp.Header.Get("Etag") != "" || resp.Status != http.StatusOK {
		return ""
	}
	return httpcache.ETag(resp.Body)
}

// addEdgeHeaders adds what the edge has to say to an answer's header.
func (rec *reception) addEdgeHeaders(header http.Header) {
	for _, name := range rec.Route.Headers {
		httpcache.AddVary(header, name)
	}
	// An origin that speaks for itself can ask for compression itself.
	if rec.policy.TTL.Valid && compressible(header) {
		header["X-Compress-Hint"] = []string{"on"}
		httpcache.AddVary(header, "Accept-Encoding")
	}
}

// compressible reports whether the host should compress the answer for clients
// that can decompress it.
func compressible(header http.Header) bool {
	if header.Get("Content-Encoding") != "" || strings.Contains(header.Get("Cache-Control"), "no-transform") {
		return false
	}
	kind := mediaType(header)
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") || strings.HasSuffix(kind, "xml") ||
		kind == "application/javascript"
}

// mediaType is the content's type without its parameters, in lower case.
func mediaType(header http.Header) string {
	kind, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

// announcedLength is the length that the header promises, or -1.
func announcedLength(header http.Header) int64 {
	if n, ok := origin.ContentLength(header); ok {
		return n
	}
	return -1
}

// responseOf is an origin's answer as the policy sees it.
func responseOf(resp *origin.Response) *httpcache.Response {
	return &httpcache.Response{
		Status: resp.Status, Header: resp.Header,
		RequestTime: resp.RequestTime, ResponseTime: resp.ResponseTime,
	}
}

// variantNames are the request headers by which the variants of an answer
// differ. Codings make no variants: the origin is always asked for the same,
// and the host decodes it.
func variantNames(header http.Header) []string {
	names, _ := httpcache.VaryNames(header)
	return slices.DeleteFunc(names, func(name string) bool { return name == "Accept-Encoding" })
}
