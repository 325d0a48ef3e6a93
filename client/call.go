package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"strings"
	"time"
)

// call is one request of the program.
type call struct {
	t        *Transport
	req      *http.Request
	deadline time.Time // of the last attempt
	key      string    // "" if nothing is kept for such a request
	stored   *entry    // what memory has, whatever its age; nil if nothing
	last     *round
}

func newCall(t *Transport, req *http.Request) *call {
	c := &call{t: t, req: req, deadline: time.Now().Add(t.Timeout)}
	if d, ok := req.Context().Deadline(); ok {
		// Leave the program the time to read an answer from memory.
		left := time.Until(d)
		d = d.Add(-min(left/10, 100*time.Millisecond))
		if d.Before(c.deadline) {
			c.deadline = d
		}
	}
	if isKept(req) {
		c.key = keyOf(t.hosts[0].String(), req, t.Credentials)
		c.stored = c.lookup(t.memory.get)
	}
	return c
}

// isKept reports whether answers to such a request are kept, or made from a kept
// answer. Requests with ranges or with preconditions other than If-None-Match are
// passed on as they are.
func isKept(req *http.Request) bool {
	if req.Method != http.MethodGet && req.Method != "" && req.Method != http.MethodHead || hasBody(req) {
		return false
	}
	for _, name := range [...]string{"Range", "If-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range"} {
		if len(req.Header[name]) > 0 {
			return false
		}
	}
	return true
}

func hasBody(req *http.Request) bool { return req.Body != nil && req.Body != http.NoBody }

// lookup follows the list of headers that the answer depends on.
func (c *call) lookup(get func(key string) *entry) *entry {
	e := get(c.key)
	if e == nil || len(e.Vary) == 0 {
		return e
	}
	variant := get(variantKey(c.key, c.req, e.Vary))
	if variant == nil || variant.Confirmed.Before(e.Refuted) {
		return nil
	}
	return variant
}

// do answers the request.
func (c *call) do() (*http.Response, error) {
	if c.req.GetBody != nil { // each attempt gets its own
		closeBody(c.req)
	}
	for _, h := range c.t.hosts.due() {
		go c.probe().run(h)
	}
	if !c.t.hosts.order()[0].works() {
		if resp := c.fallback("hit"); resp != nil {
			return resp, nil
		}
	}
	ctx, cancel := context.WithDeadline(c.req.Context(), c.deadline)
	defer cancel()
	c.t.retries.run(ctx, func() *round {
		c.last = c.round(c.last)
		return c.last
	})
	if c.last == nil { // the context had ended before the first attempt
		closeBody(c.req)
		c.last = &round{outcome: outcome{err: context.Cause(ctx), failed: true}}
	}
	if !c.last.failed {
		c.invalidate(c.last.resp.StatusCode)
		return c.last.resp, nil
	}
	if !errors.Is(c.req.Context().Err(), context.Canceled) {
		if resp := c.fallback("fwd=stale"); resp != nil {
			c.last.discard()
			return resp, nil
		}
	}
	return c.last.resp, c.last.err
}

// round asks each host once, until one answers. It discards the response of the
// round before.
func (c *call) round(before *round) *round {
	if before != nil {
		before.discard()
	}
	r := &round{}
	order := c.t.hosts.order()
	for i, h := range order {
		limit := min(c.t.AttemptTimeout, time.Until(c.deadline)/time.Duration(len(order)-i))
		o := c.attempt(h, limit)
		if r.resp != nil && o.resp == nil {
			o.resp, o.err = r.resp, nil // an answer says more than an error
		} else if r.resp != nil {
			r.discard()
		}
		r.outcome = o
		if !o.failed || !o.mayRepeat || c.req.Context().Err() != nil || time.Until(c.deadline) <= 0 {
			break
		}
	}
	if r.resp != nil {
		r.after = retryAfter(r.resp.Header, time.Now())
	}
	r.again = r.failed && r.mayRepeat && !c.canFallBack() && time.Until(c.deadline) > r.after && c.t.retries.budget.spend()
	return r
}

// outcome is how an attempt ended.
type outcome struct {
	resp      *http.Response // nil if err is not
	err       error
	failed    bool // whether another host may do better
	mayRepeat bool // whether nothing would be done twice
}

func (o *outcome) discard() {
	if o.resp != nil {
		o.resp.Body.Close()
		o.resp = nil
	}
}

var (
	errAttemptTimeout = errors.New("client: the attempt timed out")
	errTruncated      = errors.New("client: the body is truncated")
	errNotJSON        = errors.New("client: the body is not the JSON that it says it is")
)

// attempt sends the request to a host, remembers whether the host was reached,
// and keeps a good answer.
func (c *call) attempt(h *host, limit time.Duration) outcome {
	start := time.Now()
	conditional := c.stored
	if conditional != nil && conditional.Status != http.StatusOK || len(c.req.Header["If-None-Match"]) > 0 {
		conditional = nil
	}
	resp, err := c.send(h, limit, conditional)
	if err == nil && resp.StatusCode == http.StatusNotModified && conditional != nil {
		if resp, err = c.confirmed(resp, conditional); resp == nil && err == nil {
			// The 304 is about another version (RFC 9111 §4.3.4).
			resp, err = c.send(h, limit, nil)
		}
	}
	o := outcome{resp: resp, err: err, mayRepeat: isIdempotent(c.req) && (c.req.GetBody != nil || !hasBody(c.req))}
	o.failed = err != nil || isFailure(resp.StatusCode)
	if err != nil && neverSent(err) && (c.req.GetBody != nil || !hasBody(c.req)) {
		o.mayRepeat = true
	}
	if c.req.Context().Err() == nil || err == nil {
		h.record(err == nil)
	}
	event := Event{Kind: Attempted, Request: c.req, Host: h.String(), Err: err, Duration: time.Since(start)}
	if resp != nil {
		event.Status = resp.StatusCode
	}
	c.t.Observe(event)
	return o
}

// probe is a copy of the request that outlives it. A request that may not be
// sent twice becomes a HEAD.
func (c *call) probe() *probe {
	req := c.req.Clone(context.WithoutCancel(c.req.Context()))
	if c.key == "" {
		req.Method, req.Body, req.GetBody, req.ContentLength = http.MethodHead, nil, nil, 0
	}
	return &probe{call{t: c.t, req: req, key: c.key}}
}

type probe struct{ call }

// run asks a host that is down.
func (p *probe) run(h *host) {
	start := time.Now()
	resp, err := p.send(h, p.t.AttemptTimeout, nil)
	event := Event{Kind: Probed, Request: p.req, Host: h.String(), Err: err, Duration: time.Since(start)}
	if err == nil {
		event.Status = resp.StatusCode
		resp.Body.Close()
	}
	h.record(err == nil)
	p.t.Observe(event)
}

// send makes one HTTP exchange. An answer to a GET is read and checked, and kept
// if it is good; the error then covers its body too. If conditional is not nil, its
// validators make the request conditional.
func (c *call) send(h *host, limit time.Duration, conditional *entry) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(c.req.Context())
	timer := time.AfterFunc(limit, func() { cancel(errAttemptTimeout) })
	resp, err := c.t.base.RoundTrip(c.outgoing(ctx, h, conditional))
	if err == nil && c.isGet() {
		err = c.read(resp)
	}
	timer.Stop()
	if err != nil {
		if cause := context.Cause(ctx); errors.Is(cause, errAttemptTimeout) {
			err = fmt.Errorf("%s: %w after %v", h, cause, limit)
		}
		cancel(nil)
		return nil, err
	}
	resp.Request = c.req
	resp.Body = &cancelBody{resp.Body, cancel}
	return resp, nil
}

func (c *call) isGet() bool { return c.req.Method == http.MethodGet || c.req.Method == "" }

func (c *call) outgoing(ctx context.Context, h *host, conditional *entry) *http.Request {
	out := c.req.Clone(ctx)
	out.URL.Scheme, out.URL.Host = h.scheme, h.authority
	if out.Host == c.req.URL.Host {
		out.Host = ""
	}
	if c.req.GetBody != nil {
		body, err := c.req.GetBody()
		if err != nil {
			body = io.NopCloser(failingReader{err})
		}
		out.Body = body
	}
	if conditional != nil {
		if tag := conditional.Header.Get("Etag"); tag != "" {
			out.Header.Set("If-None-Match", tag)
		} else if modified := conditional.Header.Get("Last-Modified"); modified != "" {
			out.Header.Set("If-Modified-Since", modified)
		}
	}
	return out
}

// failingReader makes an attempt fail if the body cannot be read again.
type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

// read reads the body, up to the size that is kept, and keeps a good answer.
func (c *call) read(resp *http.Response) error {
	whole, complete, err := readUpTo(resp, c.t.MaxBody)
	if err != nil {
		resp.Body.Close()
		return fmt.Errorf("%w: %w", errTruncated, err)
	}
	if !complete {
		return nil
	}
	if !isFailure(resp.StatusCode) && resp.StatusCode != http.StatusNotModified && isJSON(resp.Header) && !validJSON(whole) {
		resp.Body.Close()
		return errNotJSON
	}
	if c.key != "" {
		c.learn(resp, whole)
	}
	return nil
}

// learn keeps the answer, or drops what was kept if it is refuted.
func (c *call) learn(resp *http.Response, body []byte) {
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		c.forget()
		return
	}
	e, ok := newEntry(resp.StatusCode, resp.Header, body, time.Now())
	switch {
	case ok:
		c.keep(e, c.t.storeChanged)
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone:
		c.forget()
	}
}

// keep stores a new entry for this request.
func (c *call) keep(e *entry, store func(key string, e *entry)) {
	first := e
	if len(e.Vary) > 0 {
		first = &entry{Vary: e.Vary, Confirmed: e.Confirmed}
		store(variantKey(c.key, c.req, e.Vary), e)
	}
	if e.Status == http.StatusNotFound || e.Status == http.StatusGone {
		first.Refuted = e.Confirmed
	} else if before := c.t.memory.get(c.key); before != nil {
		first.Refuted = before.Refuted
	}
	store(c.key, first)
}

// forget makes sure that nothing kept for this request is used, in any variant.
func (c *call) forget() {
	now := time.Now()
	c.t.storeChanged(c.key, &entry{Confirmed: now, Refuted: now})
}

// invalidate drops what is kept for the URL if the request has changed it (RFC
// 9111 §4.4).
func (c *call) invalidate(status int) {
	switch c.req.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, "QUERY":
		return
	}
	if status < 400 {
		c.key = keyOf(c.t.hosts[0].String(), c.req, c.t.Credentials)
		c.forget()
	}
}

// confirmed is the answer after a 304; nil if the 304 is about another version.
func (c *call) confirmed(resp *http.Response, stored *entry) (*http.Response, error) {
	resp.Body.Close()
	now := time.Now()
	e, ok := stored.confirm(resp.Header, now)
	if !ok {
		return nil, nil
	}
	if e.usable(now) {
		c.keep(e, c.t.storeConfirmed)
	} else { // RFC 9111 §3.2: the 304's directives are the stored answer's now
		c.forget()
	}
	return e.response(c.req, now, ""), nil
}

// canFallBack reports whether memory has an answer to fall back to.
func (c *call) canFallBack() bool { return c.allowed(c.stored) }

func (c *call) allowed(e *entry) bool {
	now := time.Now()
	return e != nil && e.Status != 0 && now.Sub(e.Confirmed) <= c.t.MaxAge && e.usable(now)
}

// fallback returns the latest kept answer; nil if there is none that may be used.
// how is its parameter in Cache-Status (RFC 9211).
func (c *call) fallback(how string) *http.Response {
	if c.key == "" {
		return nil
	}
	best := c.lookup(c.t.memory.get) // another request may have stored a newer one
	if c.t.shared != nil {
		if e := c.lookup(c.t.shared.get); c.allowed(e) && (!c.allowed(best) || e.Confirmed.After(best.Confirmed)) {
			best = e
			c.keep(e, c.t.memory.set) // so that the Store need not be asked again
		}
	}
	if !c.allowed(best) {
		return nil
	}
	now := time.Now()
	resp := best.response(c.req, now, cacheName+"; "+how+"; detail="+staleDetail)
	c.t.Observe(Event{Kind: FellBack, Request: c.req, Status: resp.StatusCode, Age: best.age(now)})
	return resp
}

const (
	cacheName   = "larder-client"
	staleDetail = "stale-if-error"
)

// Fallback reports whether the response is an answer that was kept because no
// host gave one, and how long ago the API made it.
func Fallback(resp *http.Response) (age time.Duration, ok bool) {
	for _, line := range resp.Header["Cache-Status"] {
		for member := range strings.SplitSeq(line, ",") {
			member = textproto.TrimString(member)
			if strings.HasPrefix(member, cacheName+";") && strings.HasSuffix(member, "detail="+staleDetail) {
				e := entry{Header: resp.Header}
				return e.initialAge(), true
			}
		}
	}
	return 0, false
}
