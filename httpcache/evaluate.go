package httpcache

import "time"

// Use is how a stored response may answer a request.
type Use uint8

const (
	// UseFresh: answer with it.
	UseFresh Use = iota
	// UseStaleWhileRevalidate: answer with it at once, then revalidate it.
	UseStaleWhileRevalidate
	// UseAfterValidation: validate it with the origin first.
	UseAfterValidation
)

// Evaluation is the result of [StoredResponse.Evaluate].
type Evaluation struct {
	Use Use
	// StaleIfError: the response may still be served if the origin fails
	// (RFC 5861 §4).
	StaleIfError bool
	// Fwd is why the request is forwarded; [FwdNone] with [UseFresh].
	Fwd FwdReason
	// Age is the response's age. TTL is its remaining freshness, negative when
	// it is stale.
	Age, TTL time.Duration
	// OnlyIfCached: the client forbids contacting the origin. If Use is
	// [UseAfterValidation], the answer is then 504.
	OnlyIfCached bool
}

// Evaluate decides how s may answer req (RFC 9111 §4, RFC 5861). age is the
// response's current age, including [Lifetimes.InitialAge]. purged means that
// a soft purge made it stale early: it is then served only after validation or
// when the origin fails. The request's directives apply if p.ObeyClients.
func (s *StoredResponse) Evaluate(req *Request, age time.Duration, purged bool, p Policy) Evaluation {
	r := parseRequest(req.Header, p)
	e := Evaluation{Age: age, TTL: s.Freshness - age, OnlyIfCached: r.onlyIfCached}
	fresh := e.TTL > 0 && !purged
	e.StaleIfError = s.usableOnError(r, age, fresh)
	switch {
	case s.NoCache || purged:
		e.Use, e.Fwd = UseAfterValidation, FwdStale
	case fresh && (p.Validate || r.refusesAge(age, e.TTL)):
		e.Use, e.Fwd = UseAfterValidation, FwdRequest
	case fresh:
		e.Use = UseFresh
	case !p.Validate && s.usableStale(r, age):
		e.Use, e.Fwd = UseStaleWhileRevalidate, FwdStale
	default:
		e.Use, e.Fwd = UseAfterValidation, FwdStale
	}
	return e
}

// usableStale reports whether a stale response may be served at once: inside
// the stale-while-revalidate window, and not to a client that limits the age
// without max-stale.
//
// A client's max-stale (RFC 9111 §5.2.1.2) opens no window of its own; a cache
// may ignore it. Past the window a purged entry looks just like an expired
// one, so replaced content would reappear.
func (s *StoredResponse) usableStale(r requestDirectives, age time.Duration) bool {
	if s.MustRevalidate || r.noCache || r.minFresh.present {
		return false
	}
	if r.maxAge.present && (age > r.maxAge.duration() || !r.maxStale) {
		return false
	}
	return age < s.Freshness+s.StaleWhileRevalidate
}

// usableOnError reports whether the response may be served if the origin
// fails: always while fresh (only the client asked for validation), otherwise
// inside the stale-if-error window. A client may set that window for its own
// request (RFC 5861 §4), but cannot override must-revalidate. A softly purged
// response is treated like an expired one.
func (s *StoredResponse) usableOnError(r requestDirectives, age time.Duration, fresh bool) bool {
	if s.NoCache {
		return false
	}
	if fresh {
		return true
	}
	if s.MustRevalidate {
		return false
	}
	allowed := s.StaleIfError
	if r.staleIfError.present {
		allowed = r.staleIfError.duration()
	}
	return allowed > 0 && age < s.Freshness+allowed
}
