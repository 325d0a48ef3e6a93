package content

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"larder/httpcache"
	"larder/origin"
	"larder/resource"
	"larder/shield"
)

// verdict says what a fetch is good for.
type verdict uint8

const (
	// failedFetch: there is no usable answer.
	failedFetch verdict = iota
	// notStorable: the answer is for the request, and may not be stored.
	notStorable
	// storable: a new answer to store.
	storable
	// validated: a 304; the stored body has a new record.
	validated
)

// fetched is what came of a fetch.
type fetched struct {
	id      string // of the fetch, its lease and its entry
	verdict verdict
	err     error // of a failed fetch
	trip    Trip
	// refusal is why the answer may not be stored.
	refusal refusal
	resp    *origin.Response
	// record is the answer as it is stored and served.
	record *httpcache.StoredResponse
	// body is all of it, or its beginning where resp.Remainder goes on; nil if
	// the answer only validated an entry.
	body []byte
}

// Close frees the connection, and what the response holds.
func (f *fetched) Close() error {
	if f.resp == nil {
		return nil
	}
	return f.resp.Close()
}

// status of the origin's answer, or 0 without one.
func (f *fetched) status() int {
	if f.resp == nil {
		return 0
	}
	return f.resp.Status
}

// fetch asks the origins for the answer to a request.
type fetch struct {
	*request
	// previous is the entry that the answer may validate, or nil.
	previous *entry
	// missing are request fields that ask for the rest of a part; mostly none.
	missing http.Header
}

// fetch asks the origins; previous is the entry that the answer may validate, or
// nil.
func (r *request) fetch(ctx context.Context, previous *entry) *fetched {
	return (&fetch{request: r, previous: previous}).run(ctx)
}

// run asks the origins, and makes the record of their answer. It takes a lease
// before an origin is asked.
func (ft *fetch) run(ctx context.Context) *fetched {
	f := &fetched{id: ft.NewID()}
	ft.open.add(f)
	lease, leaseErr := ft.Fence.TakeLease(f.id, ft.scope(), tagger{ft.request}.expectedKeys(ft.previous))
	if leaseErr != nil {
		ft.describe("take the lease for", leaseErr)
	}
	quiet := ft.Shield.Enabled() && ft.Fence.Quiet(ft.Resource.Tenant.Prefix())
	req := ft.originRequest()
	req.Shield = ft.requirement(req, quiet)
	req.LastResort = ft.previous == nil || !ft.previous.use.StaleIfError
	var ins inspection
	sp := &spooler{request: ft.request, id: f.id}
	req.Accept = func(resp *origin.Response) error {
		if ins = ft.inspect(req, resp); ins.fault != nil || resp.Stale() {
			return ins.fault
		}
		return sp.spool(resp)
	}
	began := ft.Now()
	f.resp, f.err = ft.Origins.Do(ctx, req, ft.Config.Limits.TaggedBody)
	if f.err == nil && sp.consumed == f.resp {
		// The cache failed, and no origin did: once more, without a spool.
		req.Spent, req.Within = f.resp.Attempts, ft.remaining(req, began)
		_ = f.resp.Close() // a part of its body is gone
		f.resp, f.err = ft.Origins.Do(ctx, req, ft.Config.Limits.TaggedBody)
	}
	for f.err == nil {
		if ins.resp != f.resp {
			ins = ft.inspect(req, f.resp)
		}
		rec := reception{fetch: ft, inspection: ins, lease: lease, unleased: leaseErr != nil, spooler: sp, quiet: quiet}
		rec.receive(f)
		if f.verdict != failedFetch || f.resp.Spare == nil {
			break
		}
		// The shield's copy beats an origin's useless answer, and an origin's
		// failure says more than a copy that may not be served.
		f.resp, f.err = f.resp.TakeSpare(), nil
	}
	f.trip = Trip{Took: ft.Now().Sub(began)}
	if f.resp != nil {
		f.trip.Origin, f.trip.Attempts = f.resp.Origin, f.resp.Attempts
	}
	ft.logFetch(f.resp, f.err)
	return f
}

// remaining is what is left of the time that all attempts may take.
func (ft *fetch) remaining(req *origin.Request, began time.Time) time.Duration {
	allowed := ft.Config.Deadline
	if req.Within > 0 {
		allowed = min(allowed, req.Within)
	}
	return max(allowed-ft.Now().Sub(began), time.Millisecond)
}

// logFetch logs what has failed, even on the way to a good answer.
func (ft *fetch) logFetch(resp *origin.Response, err error) {
	switch path := ft.Resource.Path; {
	case err != nil && resp == nil:
		ft.Log("fetch %s: %v", path, err)
	case err != nil && resp.Others != nil:
		ft.Log("fetch %s: origin %q: %v; %v", path, resp.Origin, err, resp.Others)
	case err != nil:
		ft.Log("fetch %s: origin %q: %v", path, resp.Origin, err)
	case resp.Others != nil:
		ft.Log("fetch %s: answered by %q; %v", path, resp.Origin, resp.Others)
	}
}

// originRequest is the request as the origin gets it: nothing in it that the
// key does not have.
func (ft *fetch) originRequest() *origin.Request {
	header := make(http.Header, 8)
	if ft.Route.AllHeaders {
		ft.copyHeader(header)
	}
	for _, name := range ft.Route.Headers {
		if values := resource.Listed(ft.Header, name); len(values) > 0 {
			header[name] = values
		}
	}
	ft.setCredential(header)
	for name, values := range ft.missing {
		header[name] = values
	}
	if ft.validates() {
		for name, values := range ft.previous.record.ValidationHeader() {
			header[name] = values
		}
	}
	method := http.MethodGet
	if ft.Method == resource.MethodQuery {
		method = resource.MethodQuery
		for _, name := range resource.ContentHeaders() {
			if values := ft.Header[name]; len(values) > 0 {
				header[name] = values
			}
		}
	}
	origin.Introduce(ft.Config.Name, ft.Pseudonym, header)
	req := &origin.Request{
		Method: method, Content: ft.Content, Path: ft.Resource.Path, Query: ft.Resource.OriginQuery(ft.Config),
		Host: ft.Host, Header: header, Route: ft.Route.Name,
		Streams: func(header http.Header) bool { return streams(ft.request, header) },
	}
	if ft.Edge != shield.Direct {
		// The edge hears of failures, and gets a copy, while it still waits.
		req.Within = ft.Config.Shield.FirstByteTimeout * 9 / 10
	}
	return req
}

// copyHeader passes the client's fields on, but for those that the edge answers
// or sets itself.
func (ft *fetch) copyHeader(header http.Header) {
	for name, values := range ft.Header {
		header[name] = values
	}
	for _, name := range ownHeaders {
		delete(header, name)
	}
	if ft.previous == nil && ft.forwardsRange() {
		header["Range"] = ft.Header["Range"]
	}
}

// ownHeaders of a request are the edge's: conditions and ranges are answered
// from what is stored. A client's CDN-Loop is dropped: an origin that obeyed it
// would refuse the fetch for everybody.
var ownHeaders = []string{
	"If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range", "Range",
	"Accept-Encoding", "Cdn-Loop", "Host", "Content-Length", shield.EdgeField,
}

func (ft *fetch) setCredential(header http.Header) {
	tenant := ft.Config.Tenant
	switch {
	case tenant == nil || tenant.Header == "":
	case ft.Resource.Tenant.FromHeader:
		header.Set(tenant.Header, ft.Header.Get(tenant.Header))
	default:
		header.Del(tenant.Header)
	}
}

// validates reports whether the origin is asked if the entry still holds. A copy
// in place of the origin's answer is replaced, not renewed, and so is what was
// tagged by other rules than today's.
func (ft *fetch) validates() bool {
	e := ft.previous
	return e != nil && e.record.Detail == "" && e.record.Rules == ft.Route.rules()
}

// Reasons for which an answer counts as a failure, beside those of package
// origin, as Cache-Status shows them.
var (
	errStatus = errors.New("origin-status")
	errBody   = errors.New("origin-body-invalid")
	errStale  = errors.New("shield-stale")
	errCache  = errors.New("cache-failed")
	// errMistake: Larder failed, not the origin.
	errMistake = errors.New("internal-error")
)

// ErrAnswer: what an origin sent is no answer to the request.
var ErrAnswer = errors.New("origin-answer-invalid")

// reason names the failure for Cache-Status and for negative entries.
func (f *fetched) reason() string {
	if errors.Is(f.err, errStatus) {
		return statusReason(f.status())
	}
	return Reason(f.err)
}

func statusReason(status int) string { return errStatus.Error() + "-" + strconv.Itoa(status) }

// Reason names an error of the origins for Cache-Status; it is empty without
// one.
func Reason(err error) string {
	for _, known := range [...]error{errBody, ErrAnswer, errStale, errCache, errMistake} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	switch {
	case err == nil:
		return ""
	case errors.Is(err, origin.ErrDisabled):
		return "origin-disabled"
	case errors.Is(err, origin.ErrCircuitOpen):
		return "origin-circuit-open"
	case errors.Is(err, origin.ErrTimeout):
		return "origin-timeout"
	case errors.Is(err, origin.ErrTruncated):
		return "origin-body-truncated"
	}
	return "origin-unreachable"
}

// unreachable reports whether a failed fetch says nothing of this resource: no
// origin could be reached, or the failure is the cache's own.
func (f *fetched) unreachable() bool {
	if errors.Is(f.err, errStale) || errors.Is(f.err, errCache) {
		return true
	}
	return f.resp == nil && origin.Unreachable(f.err)
}

// retryAfter is how long all the origins want to be left alone, or 0.
func (f *fetched) retryAfter() time.Duration {
	if f.resp == nil {
		return origin.RetryAfter(f.err)
	}
	return f.resp.RetryAfter
}
