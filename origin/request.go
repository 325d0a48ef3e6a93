package origin

import (
	"errors"
	"io"
	"net/http"
	"time"

	"larder/shield"
)

// Request is what every origin is asked. The origin's own Host and headers
// are added for each.
type Request struct {
	Method string
	// Path is percent-encoded; Query has no question mark.
	Path, Query string
	// Host is the client's, for origins without a host of their own.
	Host   string
	Header http.Header
	// Body is nil, or is sent once: such a request is not tried again.
	Body io.ReadCloser
	// Content is what is sent where Body is nil, as often as it takes.
	Content []byte
	// Shield is what a shield, where there is one, is asked before the
	// origins. Only a request that can be repeated may ask it.
	Shield shield.Requirement
	// Within bounds all attempts together, where it is shorter than the
	// client's deadline; zero does not.
	Within time.Duration
	// Spent attempts of those that one request may cost have been made already.
	Spent int
	// Private says that the answer is not for kept content, but for this
	// client alone: a bad one then says nothing of the origin.
	Private bool
	// Accept says of an answer, read as far as it is read ahead, why it is of
	// no use; nil accepts all. It is not asked about statuses that count as
	// failures. What it refuses is a failure too.
	//
	// It may read Rest itself, whatever time that takes, and give the answer
	// another Body and Rest. It closes the Rest that it replaces, and wraps the
	// error of the one that it reads.
	Accept func(*Response) error
	// Streams reports, of an answer's header, that nothing of the body is to
	// be read ahead; nil is never.
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

func (r *Request) streams(h http.Header) bool { return r.Streams != nil && r.Streams(h) }

// Response is an origin's answer. Whoever gets one closes it.
type Response struct {
	// Origin is the name of the origin that answered.
	Origin string
	Status int
	Header http.Header
	// Body is the whole body, or its beginning if Rest is not nil.
	Body []byte
	// Rest is what was not read because Body reached the limit, or because the
	// request wants it streamed: then Body is nil. After a Body, its errors
	// wrap [ErrTruncated], or [ErrTimeout] where it comes too slowly.
	Rest io.ReadCloser
	// Shield is what the shield says of its answer; nil where an origin has
	// answered itself. ShieldStatus is the shield's member of Cache-Status.
	Shield       *shield.Answer
	ShieldStatus string
	// Spare is for the case that this answer turns out to be of no use: a stale
	// copy of the shield's beside an origin's answer, or an origin's failure
	// beside such a copy. Mostly nil.
	Spare *Response
	// RetryIn is how long all the origins want to be left alone: the least of
	// their Retry-After, within an hour. It is 0 where one has named none, or
	// was not asked, because its circuit is open or another one had the answer.
	RetryIn time.Duration
	// Attempts that were made, of all origins.
	Attempts int
	// Others tells on one line how other attempts have failed, and which origins
	// were left alone besides; nil where none has failed.
	Others error
	// RequestTime and ResponseTime are wall clock (RFC 9111 §4.2.3).
	RequestTime, ResponseTime time.Time
}

// Stale reports whether the answer is the shield's, and only good while every
// origin fails.
func (r *Response) Stale() bool { return r.Shield != nil && r.Shield.State == shield.Stale }

// Close frees the connection of a response whose body was not read to its
// end, and its spare.
func (r *Response) Close() error {
	var err error
	if r.Rest != nil {
		err = r.Rest.Close()
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
