package origin

import (
	"context"
	"sync"
	"time"

	"larder/config"
)

// Sender sends one request to one backend and returns when the header section
// of the answer is there. The body is in Rest. Its error wraps [ErrRequest]
// where the request can be sent to nobody.
type Sender interface {
	Send(ctx context.Context, backend string, req *Request) (*Response, error)
}

// Client asks the origins. It is safe to share, and remembers of one request
// for the next only how the origins do. Do not copy it once it is used.
type Client struct {
	Origins []config.Origin
	// Failures are the answers that count as failures, beside having none.
	Failures config.Failures
	// Breaker is when an origin is left alone; the zero value is never.
	Breaker config.Breaker
	// Tenants says that requests carry credentials of different owners: a 429
	// then is about one of them, and says nothing of the origin.
	Tenants bool
	// Deadline bounds all attempts of one request together.
	Deadline time.Duration
	Sender   Sender
	// Cache shares the circuits among the sandboxes of a place. Without one,
	// each sandbox has its own.
	Cache Cache
	// Shield returns the way to the shield as an origin, or nil where there is
	// none to ask; nil means there never is.
	Shield func() *config.Origin
	// Health tells what the platform knows of a backend; nil is nothing.
	Health func(backend string) Health
	// Disabled is the operator's switch for an origin by its name; nil
	// disables none.
	Disabled func(name string) bool
	// Now is the wall clock.
	Now func() time.Time
	// Log takes a line when the circuit of an origin opens, and when it closes;
	// nil takes none.
	Log func(format string, args ...any)
	// Random returns numbers from 0 to 1 for the jitter of pauses; nil means
	// math/rand/v2.
	Random func() float64

	mu       sync.Mutex // guards memories
	memories map[string]*memory
	changing sync.Mutex // keeps this sandbox's own changes from being lost
}

const (
	// maxAttempts keeps one request well below the platform's limit of 32
	// backend requests.
	maxAttempts = 4
	// leastTime is what an attempt needs to be worth making: a way to the
	// origin and back.
	leastTime = 50 * time.Millisecond
)

// Do asks the shield, where the request says so, and then the origins in turn,
// leaving out those whose circuit is open. GET, HEAD and QUERY without a Body go
// to the next origin after any failure, and are sent to the same one again, as
// often as it is configured, where a second connection may help; after the last
// one they may try those that were left out. Other requests are sent to one
// origin, the first that is not left out. At most limit bytes of the body are
// read ahead.
//
// An answer that the request does not accept is a failure like a body that is
// cut short, but for a second try at the same origin. What Accept finds cut
// short has one too, and Accept may take longer than the deadline.
//
// A shield that has only a stale copy, or nothing, is passed over: it may be
// cut off itself. Its copy is the answer if no origin has a better one.
//
// The response may carry a failure's status. What happened at the other origins
// is in its Others. An error wraps [ErrUnavailable] and what happened at each
// origin, and says so on one line. Where no origin was asked it wraps
// [ErrCircuitOpen] or [ErrDisabled], if that is the reason.
func (c *Client) Do(ctx context.Context, req *Request, limit int64) (*Response, error) {
	allowed := c.Deadline
	if req.Within > 0 {
		allowed = min(allowed, req.Within)
	}
	within, cancel := context.WithTimeout(ctx, allowed)
	defer cancel()
	t := tour{
		client: c, caller: ctx, within: within, deadline: c.Now().Add(allowed),
		req: req, limit: limit, queue: c.queue(req), most: maxAttempts - req.Spent,
	}
	for t.more() && t.attempts < t.most && t.hasTime() {
		next := t.queue[0]
		t.queue = t.queue[1:]
		admission, err := t.admit(next)
		if err != nil {
			t.skip(next, err)
			continue
		}
		t.attempts++
		began := c.Now()
		resp, err := t.attempt(next)
		if t.blames(admission, err) {
			c.conclude(next, admission, outcome{req: req, resp: resp, err: err, took: c.Now().Sub(began)})
		} else {
			c.release(next.origin, admission)
		}
		if t.ends(next, admission, resp, err) {
			break
		}
	}
	return t.result()
}
