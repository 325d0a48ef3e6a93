package origin

import (
	"context"
	"sync"
	"time"

	"larder/config"
	"larder/origin/breaker"
)

// Sender sends one request to one backend and returns when the header section
// of the answer is there, with the body in Remainder. Its error wraps
// [ErrRequest] if the request cannot be sent to any backend.
type Sender interface {
	Send(ctx context.Context, backend string, req *Request) (*Response, error)
}

// Client asks the origins. It is safe for concurrent use. Do not copy or
// change it after the first request.
type Client struct {
	Origins []config.Origin
	// Routes have circuits of their own.
	Routes []string
	// Failures are the statuses that count as failures of their URL.
	Failures config.Failures
	// Breaker says when circuits open; the zero value means never.
	Breaker config.Breaker
	// Deadline bounds all attempts of one request together.
	Deadline time.Duration
	Sender   Sender
	// Cache shares the circuits among the sandboxes of a POP. Without one,
	// each sandbox has its own.
	Cache breaker.Cache
	// Shield returns the shield as an origin, or nil while there is none to
	// ask; a nil function means there never is.
	Shield func() *config.Origin
	// Health returns what the platform knows of a backend; nil means nothing.
	Health func(backend string) Health
	// Disabled reports an origin that the operator has switched off; nil
	// means none.
	Disabled func(name string) bool
	// ForceClosed reports an origin whose circuits the operator keeps closed:
	// it is asked in any case, nothing counts, and circuits that were open
	// start afresh afterwards. nil means none.
	ForceClosed func(name string) bool
	// Now is the wall clock.
	Now func() time.Time
	// Log takes a line when a circuit opens or closes; nil takes none.
	Log func(format string, args ...any)
	// Random returns numbers from 0 to 1 for the jitter of cooldowns; nil
	// means math/rand/v2.
	Random func() float64

	start    sync.Once
	circuits *breaker.Store // see store
}

// store returns the circuits, which the first call makes.
func (c *Client) store() *breaker.Store {
	c.start.Do(func() {
		c.circuits = &breaker.Store{
			Cache: c.Cache, Settings: c.Breaker, Routes: c.Routes, ForceClosed: c.ForceClosed,
			Now: c.Now, Random: c.Random, Log: c.Log,
		}
	})
	return c.circuits
}

// Do asks the shield, if the request says so, and then the origins in turn,
// skipping those whose circuit is open. GET, HEAD and QUERY without a Body go
// on to the next origin after any failure, and to the same origin again, as
// often as configured, where a second connection may help. Other requests are
// sent once. At most limit bytes of the body are read ahead.
//
// The shield's answer is not the last word if it is stale or failed, since the
// shield may be cut off itself: a stale copy is the answer only if no origin
// has a better one.
//
// The response may carry a failing status; Others says what happened at other
// origins. An error wraps [ErrUnavailable] and what happened at each origin,
// on one line. If no origin was asked, it wraps [ErrCircuitOpen] or
// [ErrDisabled] and comes at once.
func (c *Client) Do(ctx context.Context, req *Request, limit int64) (*Response, error) {
	t := attempts{client: c, req: req, limit: limit, caller: ctx, most: maxAttempts - req.Spent}
	cancel := t.begin()
	defer cancel()
	for s, ok := t.next(); ok; s, ok = t.next() {
		admission, err := t.admit(s)
		if err != nil {
			t.skip(s, err)
			continue
		}
		t.made++
		began := c.Now()
		resp, err := t.attempt(s)
		c.store().Record(req.circuit(s.origin), admission, t.outcome(s, admission, resp, err), breaker.Failure{
			At: c.Now(), URL: breaker.URLOf(req.Path, req.Query), Took: c.Now().Sub(began),
		})
		if t.ends(s, resp, err) {
			break
		}
		if admission != breaker.Probe {
			t.requeue(s, resp, err)
		}
	}
	return t.result()
}
