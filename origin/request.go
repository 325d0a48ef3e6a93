package origin

import (
	"errors"
	"io"
	"net/http"
	"time"

	"larder/config"
	"larder/origin/breaker"
	"larder/shield"
)

// Request is what every origin is asked. Each origin's own Host and headers
// are added to it.
type Request struct {
	Method string
	// Path is percent-encoded; Query has no question mark.
	Path, Query string
	// Host is the client's, for origins without a host of their own.
	Host   string
	Header http.Header
	// Body is the client's, or nil. A request with a Body is sent once, and
	// Deadline and FirstByteTimeout do not bound it.
	Body io.ReadCloser
	// Content is sent if Body is nil, as often as needed.
	Content []byte
	// Shield is what a shield, if there is one, is asked before the origins.
	// Only a request that can be repeated may ask it.
	Shield shield.Requirement
	// Within bounds all attempts together if it is positive and shorter than
	// the client's deadline.
	Within time.Duration
	// Spent attempts of those that one request may cost were made before.
	Spent int
	// Route is the name of the request's route, whose circuits decide; empty
	// without one.
	Route string
	// PassThrough: the request is one client's own. It leaves the circuits
	// alone.
	PassThrough bool
	// LastResort: the caller has no copy to serve. The request may probe an
	// origin before its cooldown is over.
	LastResort bool
	// Accept returns why an answer, read as far as it is read ahead, is of no
	// use; nil accepts all. It is not asked about failing statuses.
	//
	// It may read Remainder itself, however long that takes, and give the
	// answer another Body and Remainder. It closes the Remainder that it
	// replaces, and wraps the error of the one that it reads.
	Accept func(*Response) error
	// Streams reports, given an answer's header, that nothing of the body is
	// to be read ahead; nil means never.
	Streams func(http.Header) bool
}

// methodQuery is a safe method whose request has content (RFC 10008).
const methodQuery = "QUERY"

// repeatable reports whether the request can be sent twice without harm
// (RFC 9110 §9.2.2).
func (r *Request) repeatable() bool {
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == methodQuery
	return r.Body == nil && safe
}

// circuit names the one that decides whether an origin is asked.
func (r *Request) circuit(o *config.Origin) breaker.Name {
	return breaker.Name{Origin: o.Name, Route: r.Route}
}

// streams reports whether nothing of an answer's body is read ahead. A 304 describes
// a body that the caller has.
func (r *Request) streams(resp *Response) bool {
	return r.Streams != nil && resp.Status != http.StatusNotModified && r.Streams(resp.Header)
}

// Response is an origin's answer. The caller closes it.
type Response struct {
	// Origin is the name of the origin that answered.
	Origin string
	Status int
	Header http.Header
	// Body is the whole body, or its beginning if Remainder is not nil.
	Body []byte
	// Remainder is the body after the limit, or all of it if the request wants
	// it streamed: then Body is nil. After a Body, its errors wrap
	// [ErrTruncated], or [ErrTimeout] if it arrives too slowly.
	Remainder io.ReadCloser
	// Shield is what the shield says of its answer; nil if an origin answered.
	// ShieldStatus is the shield's member of Cache-Status.
	Shield       *shield.Answer
	ShieldStatus string
	// Spare is used if this answer turns out to be of no use: the shield's
	// stale copy beside an origin's answer, or an origin's failure beside such
	// a copy. Mostly nil.
	Spare *Response
	// RetryAfter is how long all origins want not to be asked: the least of
	// their Retry-After, an hour at most. It is 0 if one sent none or was not
	// asked.
	RetryAfter time.Duration
	// Attempts that were made, of all origins.
	Attempts int
	// Others says on one line how other attempts failed, and which origins
	// were skipped besides; nil if none failed.
	Others error
	// RequestTime and ResponseTime are wall clock (RFC 9111 §4.2.3).
	RequestTime, ResponseTime time.Time
}

// Stale reports whether the answer is the shield's stale copy, which may be
// served only while every origin fails.
func (r *Response) Stale() bool { return r.Shield != nil && r.Shield.State == shield.Stale }

// Close frees the connection of a response whose body was not read to its
// end, and its spare.
func (r *Response) Close() error {
	var err error
	if r.Remainder != nil {
		err = r.Remainder.Close()
	}
	if r.Spare != nil {
		err = errors.Join(err, r.Spare.Close())
	}
	return err
}

// TakeSpare closes the response, and returns its spare.
func (r *Response) TakeSpare() *Response {
	spare := r.Spare
	r.Spare = nil
	_ = r.Close() // it is of no use
	return spare
}
