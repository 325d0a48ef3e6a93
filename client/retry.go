package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
)

// Pauses between rounds over the hosts, and the budget that all requests share.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 2 * time.Second
	budgetRate   = 0.2 // retries a request
	budgetSize   = 10  // retries that a quiet time saves up
)

// round is how one attempt at each host ended.
type round struct {
	outcome
	again bool          // whether another round may help
	after time.Duration // what Retry-After asks for, at least zero
}

type retrier struct {
	policy retrypolicy.RetryPolicy[*round]
	budget *budget
}

func newRetrier(retries int) retrier {
	return retrier{budget: &budget{tokens: budgetSize}, policy: retrypolicy.NewBuilder[*round]().
		HandleIf(func(r *round, _ error) bool { return r != nil && r.again }).
		WithMaxRetries(retries).
		ReturnLastFailure().
		WithDelayFunc(pause).
		Build()}
}

// pause doubles with each round, give or take half of it at random, so that
// programs that failed together do not all return at the same moment. It is no
// shorter than the server's Retry-After.
func pause(exec failsafe.ExecutionAttempt[*round]) time.Duration {
	usual := min(firstPause<<exec.Retries(), longestPause)
	return max(usual/2+rand.N(usual), exec.LastResult().after)
}

// budget limits retries to a part of the requests, whatever their number at one
// time: failsafe-go's own budget limits only how many are under way at once,
// which is no limit where a server fails fast.
type budget struct {
	mu     sync.Mutex
	tokens float64
}

// earn adds to the budget; call it for each request.
func (b *budget) earn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tokens = min(budgetSize, b.tokens+budgetRate)
}

// spend reports whether a retry is allowed.
func (b *budget) spend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// run calls try until it succeeds or must not be repeated. If time runs out, the
// last round counts.
func (r retrier) run(ctx context.Context, try func() *round) {
	r.budget.earn()
	// The error says that ctx has ended.
	_, _ = failsafe.With(r.policy).WithContext(ctx).Get(func() (*round, error) { return try(), nil })
}

// isFailure reports whether a status says that the server cannot answer now.
func isFailure(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// isIdempotent is RFC 9110 §9.2.2, with QUERY (RFC 10008). Like net/http it
// trusts a request that has a key.
func isIdempotent(req *http.Request) bool {
	switch req.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete, "QUERY":
		return true
	}
	return len(req.Header["Idempotency-Key"]) > 0 || len(req.Header["X-Idempotency-Key"]) > 0
}

// neverSent reports whether the error says that no connection could be made.
func neverSent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// retryAfter is how long the response asks to wait (RFC 9110 §10.2.3); zero if it
// does not.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
