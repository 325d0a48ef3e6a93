package httpcache

import "time"

// Use says how a stored response may answer a request.
type Use uint8

const (
	// UseFresh: answer with it.
	UseFresh Use = iota
	// UseStaleWhileRevalidate: answer with it at once and revalidate it after.
	UseStaleWhileRevalidate
	// UseAfterValidation: ask the origin first.
	UseAfterValidation
)

// Evaluation is what a request gets from a stored response.
type Evaluation struct {
	Use Use
	// StaleIfError: if the origin fails, the entry may answer nevertheless
	// (RFC 5861 §4).
	StaleIfError bool
	// Fwd is why the request is forwarded: [FwdNone] with [UseFresh].
	Fwd FwdReason
	// Age is the entry's age; TTL is its remaining freshness, negative when
	// it is stale.
	Age, TTL time.Duration
	// OnlyIfCached: the client forbids to ask the origin. Where Use is
	// [UseAfterValidation], the answer is 504.
	OnlyIfCached bool
}

// Evaluate says what req gets from s (RFC 9111 §4, RFC 5861). age is the
// entry's current age, which includes [Lifetimes.InitialAge]; purged says that
// the entry was marked stale before its time, after which it is used only
// after validation or when the origin fails. The request's directives count
// where p.ObeyClients.
func (s *StoredResponse) Evaluate(req *Request, age time.Duration, purged bool, p Policy) Evaluation {
	r := requestOf(req.Header, p)
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

// usableStale: a stale entry answers at once inside the origin's or the
// operator's window. A client that limits the age takes no stale answer unless
// it also says max-stale.
//
// A client's max-stale (RFC 9111 §5.2.1.2) opens no window of its own, which a
// cache may refuse: behind the window an entry that was purged looks like one
// that has only expired, so what an edit replaced would come back.
func (s *StoredResponse) usableStale(r requestDirectives, age time.Duration) bool {
	if s.MustRevalidate || r.noCache || r.minFresh.present {
		return false
	}
	if r.maxAge.present && (age > r.maxAge.duration() || !r.maxStale) {
		return false
	}
	return age < s.Freshness+s.StaleWhileRevalidate
}

// usableOnError: fresh entries stand in for a failing origin whenever
// validation was the client's wish alone, stale ones inside the window. A
// client may set the window for its own request (RFC 5861 §4), never past
// must-revalidate. Purged or expired makes no difference here: a soft purge
// leaves the entry for just this.
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
