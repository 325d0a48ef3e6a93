package handlers

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"larder/corecache"
	"larder/httpcache"
	"larder/origin"
)

// fetched is an origin's answer on its way to the client and into the cache.
type fetched struct {
	id   string // of the fetch, its lease and its entry
	lost bool   // the cache has failed, and nothing is kept
	// halved is the answer in whose body the cache has failed.
	halved *origin.Response
	resp   *origin.Response
	err    error // the answer is of no use: why
	took   time.Duration
	// policy is the request's, with what the shield has left of the lifetime.
	policy httpcache.Policy
	// record is the answer as it is kept and given to clients.
	record *httpcache.StoredResponse
	// body is all of it, or its beginning where resp.Remainder goes on. Of an
	// answer that only validated an entry it is nil, and previous has it.
	body    []byte
	checked checked
	ranged  bool // the origin was asked for a part
	// conditional says that it was asked if the entry still holds.
	conditional bool
	validated   bool
	previous    *entry
	keep        bool            // it may be kept
	refusal     string          // why it may not
	kept        bool            // all of it was put into the cache
	back        corecache.Found // reads a large body back out of the cache
	overtaken   bool            // by a purge
	outdone     bool            // by a purge, and what there is now is better
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
func (f *fetched) response() *httpcache.Response { return responseOf(f.resp) }

func responseOf(resp *origin.Response) *httpcache.Response {
	return &httpcache.Response{
		Status:       resp.Status,
		Header:       resp.Header,
		RequestTime:  resp.RequestTime,
		ResponseTime: resp.ResponseTime,
	}
}

// voids reports whether the answer means that an older one must not be given
// any more.
func (f *fetched) voids() bool {
	return f.status() == http.StatusNotFound || f.status() == http.StatusGone
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

// Reasons for which an answer counts as a failure, beside those of package
// origin. They are shown in Cache-Status.
var (
	errStatus = errors.New("origin-status")
	errBody   = errors.New("origin-body-invalid")
	errFrame  = errors.New("origin-answer-invalid")
	errStale  = errors.New("shield-stale")
	errCache  = errors.New("cache-failed")
)

// why names the failure for Cache-Status and for notes.
func (f *fetched) why() string {
	if errors.Is(f.err, errStatus) {
		return statusFailure(f.status())
	}
	return why(f.err)
}

// why names an error of the origins, or of the shield, for Cache-Status; it is
// empty without one.
func why(err error) string {
	for _, known := range [...]error{errBody, errFrame, errStale, errCache} {
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

// statusFailure names a status that counts as a failure.
func statusFailure(status int) string { return errStatus.Error() + "-" + strconv.Itoa(status) }

// retryAfter is how long all the origins want to be left alone, within an hour,
// or 0.
func (f *fetched) retryAfter() time.Duration {
	if f.resp == nil {
		return origin.RetryAfter(f.err)
	}
	return f.resp.RetryAfter
}

// pause is how long the failure stands before the origins are asked again.
// While they are left alone, asking costs nothing, and one of them may be back
// sooner than is thought.
func (f *fetched) pause() time.Duration {
	if f.resp == nil {
		return failureTime
	}
	return max(failureTime, min(f.retryAfter(), maxFailureTime))
}
