package handlers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"larder/corecache"
	"larder/httpcache"
	"larder/origin"
	"larder/shield"
	"larder/surrogate"
)

// fetched is an origin's answer on its way to the client and into the cache.
type fetched struct {
	resp *origin.Response
	err  error // the answer is of no use: why
	// policy is the request's, with what the shield has left of the lifetime.
	policy httpcache.Policy
	// record is the answer as it is kept and given to clients.
	record *httpcache.StoredResponse
	// body is all of it, or its beginning where resp.Rest goes on. Of an
	// answer that only validated an entry it is nil, and previous has it.
	body      []byte
	validated bool
	previous  *entry
	keep      bool // it may be kept
	notStored httpcache.NotStored
	kept      bool            // all of it was put into the cache
	back      corecache.Found // reads a large body back out of the cache
	overtaken bool            // by a purge
}

func (f *fetched) failed() bool { return f.err != nil }

// status of the origin's answer, or 0 without one.
func (f *fetched) status() int {
	if f.resp == nil {
		return 0
	}
	return f.resp.Status
}

func (f *fetched) close() {
	if f.back != nil {
		_ = f.back.Close() // a handle that cannot be closed cannot be helped
	}
	if f.resp != nil {
		_ = f.resp.Close() // the connection is lost either way
	}
}

// response is the origin's answer as the policy sees it.
func (f *fetched) response() *httpcache.Response {
	return &httpcache.Response{
		Status:       f.resp.Status,
		Header:       f.resp.Header,
		RequestTime:  f.resp.RequestTime,
		ResponseTime: f.resp.ResponseTime,
	}
}

// voids reports whether the answer means that an older one must not be given
// any more. A refusal (401, 403, …) says nothing about the content.
func (f *fetched) voids() bool {
	switch status := f.status(); {
	case status == http.StatusNotFound, status == http.StatusGone:
		return true
	default:
		return status < 400
	}
}

// age of the answer as the client gets it. What is not kept has no record of
// its age, so the origin's word passes through.
func (f *fetched) age() time.Duration {
	if f.keep {
		return f.record.InitialAge
	}
	seconds, err := strconv.ParseInt(f.resp.Header.Get("Age"), 10, 32)
	if err != nil {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// refusal says why an answer may not be kept; it is empty if it may.
func (f *fetched) refusal() string {
	if f.notStored == httpcache.Storable {
		return ""
	}
	return f.notStored.String()
}

// Reasons for which an answer counts as a failure, beside those of package
// origin. They are shown in Cache-Status.
var (
	errStatus = errors.New("origin-status")
	errBody   = errors.New("origin-body-invalid")
	errFrame  = errors.New("origin-answer-invalid")
	errStale  = errors.New("shield-stale")
)

// why names the failure for Cache-Status and for notes.
func (f *fetched) why() string {
	switch {
	case f.err == nil:
		return ""
	case errors.Is(f.err, errStatus):
		return errStatus.Error() + "-" + strconv.Itoa(f.status())
	case errors.Is(f.err, errBody):
		return errBody.Error()
	case errors.Is(f.err, errFrame):
		return errFrame.Error()
	case errors.Is(f.err, errStale):
		return errStale.Error()
	case errors.Is(f.err, origin.ErrCircuitOpen):
		return "origin-circuit-open"
	case errors.Is(f.err, origin.ErrTimeout):
		return "origin-timeout"
	case errors.Is(f.err, origin.ErrTruncated):
		return "origin-body-truncated"
	}
	return "origin-unreachable"
}

// retryAfter is what the origin asks for in seconds, within an hour, or 0.
func (f *fetched) retryAfter() int {
	if f.resp == nil {
		return 0
	}
	n, err := strconv.Atoi(f.resp.Header.Get("Retry-After"))
	if err != nil || n < 0 {
		return 0
	}
	return min(n, 3600)
}

// pause is how long the failure stands before the origins are asked again.
func (f *fetched) pause() time.Duration {
	return max(failureTime, min(time.Duration(f.retryAfter())*time.Second, maxFailureTime))
}

// fetch asks the origin, and prepares the answer for the client and for the
// cache. previous is the entry that it may validate, or nil.
func (k *ask) fetch(ctx context.Context, previous *entry) *fetched {
	f := &fetched{previous: previous, policy: k.policy}
	id := k.app.newID()
	leaseErr := k.lease(id)
	req := k.originRequest(previous)
	if k.edge != shield.Direct {
		// The edge hears of failures, and gets a copy, while it still waits.
		req.Within = k.app.config.Shield.FirstByteTimeout * 9 / 10
	}
	calm := k.calm(id)
	req.Shield = k.demand(req, calm)
	f.resp, f.err = k.app.origins.Do(ctx, req, k.app.config.Limits.TaggedBody)
	if f.err != nil {
		k.app.log("fetch %s: %v", k.target.path, f.err)
		return f
	}
	k.receive(f, id, calm)
	if f.failed() && f.resp.Spare != nil {
		// A copy of the shield's beats an origin's answer that is of no use,
		// and an origin's failure says more than a copy that may not be given.
		f.resp, f.err = f.resp.TakeSpare(), nil
		k.receive(f, id, calm)
	}
	// Without a lease no purge would be noticed.
	f.keep = f.keep && leaseErr == nil
	return f
}

// receive looks at an answer, and makes its record.
func (k *ask) receive(f *fetched, id string, calm calm) {
	if f.err = k.judge(f.resp, f.previous); f.err != nil {
		return
	}
	k.status.FwdStatus = f.resp.Status
	if f.resp.Shield == nil {
		k.forget(f.resp.Status)
	} else if f.err = k.fromShield(f, calm); f.err != nil {
		return
	}
	request := k.request
	if request.Method == http.MethodHead {
		request.Method = http.MethodGet // which is what the origin was asked
	}
	if f.resp.Status == http.StatusNotModified {
		k.freshen(f, id, &request)
	} else {
		k.take(f, id, &request)
	}
	if f.standsIn() && f.record != nil {
		f.record.Detail = errStale.Error()
		k.status.Detail = f.record.Detail
		standIn(f.record)
	}
}

// freshen makes the record of an entry that the origin has validated. A 304 can
// also say that the entry is not to be kept any more.
func (k *ask) freshen(f *fetched, id string, request *httpcache.Request) {
	record, ok := f.previous.record.Freshen(id, request, f.response(), f.policy)
	if !ok {
		f.err = fmt.Errorf("%w; 304 for another answer", errFrame)
		return
	}
	f.record, f.validated, f.keep = record, true, record.Detail == ""
	record.Keys = withEntryKey(f.previous.record.Keys, f.previous.record.ID, id)
	k.dress(record.Header)
}

// take makes the record of a new answer.
func (k *ask) take(f *fetched, id string, request *httpcache.Request) {
	lifetimes, notStored := httpcache.Plan(request, f.response(), f.policy)
	f.notStored, f.keep = notStored, notStored == httpcache.Storable
	told := k.policy
	if !f.keep {
		k.status.Detail = "not-stored; " + notStored.String()
		// The operator's lifetimes are not for what is not kept: clients hear
		// what the origin says.
		told.TTL.Valid = false
	}
	f.record = httpcache.NewStoredResponse(id, request, f.response(), lifetimes, told)
	f.body = f.resp.Body
	if f.resp.Rest != nil {
		// Whether a large part is all that it says cannot be known before it
		// is too late.
		f.keep = f.keep && f.resp.Status != http.StatusPartialContent
		f.record.SetBody(announcedLength(f.resp.Header), "")
	} else {
		f.keep = f.keep && f.record.BodyFits(int64(len(f.body)))
		f.record.SetBody(int64(len(f.body)), ownETag(f))
	}
	keys, err := k.keys(f)
	if err != nil && k.policy.TTL.Valid {
		f.err = fmt.Errorf("%w; %w", errBody, err)
		return
	}
	keys.AddService(surrogate.AllKey)
	keys.AddService(surrogate.URLKey(urlHash(k.target.host, k.target.path, k.target.query)))
	keys.AddService(surrogate.EntryKey(id))
	f.record.Keys = keys.Keys()
	k.dress(f.record.Header)
}

// ownETag is the validator of an answer that came without one, so that
// clients always get their 304.
func ownETag(f *fetched) string {
	if f.resp.Header.Get("Etag") != "" || f.resp.Status != http.StatusOK {
		return ""
	}
	return httpcache.ETag(f.body)
}

// judge says whether an answer can be used at all.
func (k *ask) judge(resp *origin.Response, previous *entry) error {
	if resp.Status < 200 || resp.Status > 599 {
		return fmt.Errorf("%w; status %d", errFrame, resp.Status)
	}
	// Where the origin speaks for itself, its errors are for the client,
	// unless there is something better.
	if k.app.config.Failures.Has(resp.Status) && (k.policy.TTL.Valid || previous != nil && previous.use.StaleIfError) {
		return fmt.Errorf("%w %d", errStatus, resp.Status)
	}
	if resp.Status == http.StatusNotModified && previous == nil {
		return fmt.Errorf("%w; 304 to an unconditional request", errFrame)
	}
	return nil
}

// keys are the surrogate keys of an answer, the coarse ones first: the route's,
// the origin's own, and those of the items in the body. The error is about a
// body that should be JSON and is not.
func (k *ask) keys(f *fetched) (*surrogate.Set, error) {
	set := k.target.keySet(k.route.Route)
	header := f.resp.Header
	for _, name := range [...]string{"Surrogate-Key", "Cache-Tag", "Xkey"} {
		set.Add(surrogate.FromHeader(header[name])...)
	}
	set.Add(httpcache.CacheGroups(header)...)
	if k.route.Items.Empty() || f.resp.Status != http.StatusOK || f.resp.Rest != nil {
		return set, nil
	}
	keys, err := k.route.Items.Keys(f.body, func(variable string) (string, bool) {
		return k.target.variable(k.route.Route, variable)
	})
	set.Add(keys...)
	return set, err
}

// withEntryKey exchanges the key of the entry itself.
func withEntryKey(keys []string, old, id string) []string {
	renamed := make([]string, len(keys))
	for i, key := range keys {
		if renamed[i] = key; key == surrogate.EntryKey(old) {
			renamed[i] = surrogate.EntryKey(id)
		}
	}
	return renamed
}

// dress adds what the edge has to say to an answer's header.
func (k *ask) dress(header http.Header) {
	for _, name := range k.route.Headers {
		addVary(header, name)
	}
	// An origin that speaks for itself can ask for compression itself.
	if k.policy.TTL.Valid && compressible(header) {
		header["X-Compress-Hint"] = []string{"on"}
		addVary(header, "Accept-Encoding")
	}
}

// compressible reports whether the host should compress the answer for
// clients that can decompress it.
func compressible(header http.Header) bool {
	if header.Get("Content-Encoding") != "" || strings.Contains(header.Get("Cache-Control"), "no-transform") {
		return false
	}
	kind, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") || strings.HasSuffix(kind, "xml") ||
		kind == "application/javascript"
}

// originRequest is the request as the origin gets it: nothing in it that the
// key does not have.
func (k *ask) originRequest(previous *entry) *origin.Request {
	header := make(http.Header, 8)
	if k.route.AllHeaders {
		for name, values := range k.header {
			header[name] = values
		}
		httpcache.EndToEnd(header)
		for _, name := range ownHeaders {
			delete(header, name)
		}
		if previous == nil && k.asksForPart() {
			header["Range"] = k.header["Range"]
		}
	}
	for _, name := range k.route.Headers {
		if values := k.header[name]; len(values) > 0 {
			header[name] = values
		}
	}
	if tenant := k.app.config.Tenant; tenant != nil && tenant.Header != "" {
		if k.target.tenant.header {
			header.Set(tenant.Header, k.header.Get(tenant.Header))
		} else {
			header.Del(tenant.Header)
		}
	}
	for name, values := range k.missing {
		header[name] = values
	}
	// What stands in for a while is replaced, not renewed.
	if previous != nil && previous.record.Detail == "" {
		for name, values := range previous.record.ValidationHeader() {
			header[name] = values
		}
	}
	k.app.introduce(header, k.header)
	method, body := http.MethodGet, io.ReadCloser(nil)
	if k.r.Method == methodQuery {
		method, body = methodQuery, io.NopCloser(bytes.NewReader(k.content))
		for _, name := range queryHeaders {
			if values := k.header[name]; len(values) > 0 {
				header[name] = values
			}
		}
	}
	return &origin.Request{
		Method: method,
		Body:   body,
		Path:   k.target.path,
		Query:  k.target.originQuery(k.app.config),
		Host:   k.r.Host,
		Header: header,
	}
}

// ownHeaders of a request are the edge's to answer or to set: conditions and
// ranges are answered from what is kept.
var ownHeaders = []string{
	"If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range", "Range",
	"Accept-Encoding", "Host", "Content-Length", shield.EdgeField,
}

// introduce sets the headers by which an origin knows the edge. CDN-Loop goes
// on from whoever asked (RFC 8586 §2).
func (a *App) introduce(header, request http.Header) {
	header["Accept-Encoding"] = []string{"gzip"}
	header["Cdn-Loop"] = append(slices.Clone(request["Cdn-Loop"]), a.config.Name)
	if header.Get("User-Agent") == "" {
		header["User-Agent"] = []string{a.config.Name}
	}
}

// announcedLength is the length that the header promises, or -1.
func announcedLength(header http.Header) int64 {
	if n, ok := origin.ContentLength(header); ok {
		return n
	}
	return -1
}

// store puts what was fetched into the cache. A fetch of which a part is lost
// on the way has failed.
func (k *ask) store(f *fetched, put putter) {
	opts, err := k.writeOptions(f.record)
	if err != nil {
		k.app.log("store %s: %v", k.target.path, err)
		return
	}
	w, err := put(opts)
	if err != nil {
		k.app.log("store %s: %v", k.target.path, err)
		return
	}
	// A handle of its own, because a purge may take the entry away while the
	// body is still coming.
	if f.resp.Rest != nil {
		f.back = k.handle(f.record.ID)
	}
	// The entry can be found from now on, so its lease is checked now.
	f.overtaken = !k.app.settle(f.record.ID)
	if err := k.fill(w, f); err != nil {
		k.app.log("store %s: %v", k.target.path, errors.Join(err, w.Abandon()))
		// What was abandoned could still be found, and not be read.
		k.app.drop(f.record)
		if f.resp.Rest != nil {
			f.err = err // and a part of the body may be gone
		}
		return
	}
	f.kept = true
	k.status.Stored = true
}

// handle finds the entry that was just inserted, or nil where another one has
// taken its place at once.
func (k *ask) handle(id string) corecache.Found {
	found, err := k.app.cache.Lookup(k.target.key, k.lookup)
	if err != nil {
		return nil
	}
	if got, err := recordID(found); err != nil || got != id {
		_ = found.Close() // a handle that cannot be closed cannot be helped
		return nil
	}
	return found
}

// recordID reads whose entry was found.
func recordID(found corecache.Found) (string, error) {
	metadata, err := found.UserMetadata()
	if err != nil {
		return "", err
	}
	var record httpcache.StoredResponse
	err = record.UnmarshalBinary(metadata)
	return record.ID, err
}

// fill writes the body. What was not read yet goes straight through.
func (k *ask) fill(w corecache.Writer, f *fetched) error {
	if _, err := w.Write(f.body); err != nil {
		return err
	}
	if f.resp.Rest != nil {
		written, err := io.CopyBuffer(w, f.resp.Rest, make([]byte, copyBuffer))
		if err != nil {
			return fmt.Errorf("%w: %w", origin.ErrTruncated, err)
		}
		if total := int64(len(f.body)) + written; f.record.Length >= 0 && total != f.record.Length {
			return fmt.Errorf("%w: %d of %d bytes", origin.ErrTruncated, total, f.record.Length)
		}
	}
	return w.Close()
}

// update gives an entry that the origin has validated its new record: in place
// where a transaction is obliged to update just this entry, otherwise by
// writing it anew.
func (k *ask) update(e *entry, f *fetched) {
	opts, err := k.writeOptions(f.record)
	if err != nil {
		k.app.log("update %s: %v", k.target.path, err)
		return
	}
	tx, err := k.app.cache.Transact(k.target.key, k.lookup)
	if err != nil {
		k.app.log("transaction for %s: %v", k.target.path, err)
		return
	}
	defer k.closeTransaction(tx)
	if k.obliged(tx, e) {
		err = tx.Update(opts)
	} else {
		err = k.copyEntry(e, opts)
	}
	if err != nil {
		k.app.log("update %s: %v", k.target.path, err)
		return
	}
	f.kept = true
	k.status.Stored = true
	f.overtaken = !k.app.settle(f.record.ID)
}

// obliged reports whether the transaction can update just this entry.
func (k *ask) obliged(tx corecache.Transaction, e *entry) bool {
	if !tx.MustInsertOrUpdate() {
		return false
	}
	found, err := tx.Found()
	if err != nil {
		return false
	}
	id, err := recordID(found)
	return err == nil && id == e.record.ID
}

func (k *ask) copyEntry(e *entry, opts corecache.WriteOptions) error {
	body, err := e.found.Body()
	if err != nil {
		return err
	}
	defer body.Close()
	w, err := k.insert(opts)
	if err != nil {
		return err
	}
	if _, err := io.CopyBuffer(w, body, make([]byte, copyBuffer)); err != nil {
		return errors.Join(err, w.Abandon())
	}
	return w.Close()
}
