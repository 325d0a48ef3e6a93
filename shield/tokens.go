package shield

import (
	"errors"
	"time"
)

const (
	// tokenLifetime is how long tokens are used before they are read again, so
	// that not every miss reads the Secret Store.
	tokenLifetime = time.Minute
	// retryDelay is how long after a failure the next attempt is made.
	retryDelay = 5 * time.Second
)

// ErrNoToken means that there is no unlimited purge token to derive an edge's token from.
var ErrNoToken = errors.New("no purge token without limits in the Secret Store")

// Tokens authenticate an edge to the shield. They are derived from the
// operator's unlimited purge tokens, so there is no further secret to manage. An edge
// sends the first token and a shield accepts all, so tokens can be replaced
// without interruption.
type Tokens struct {
	// Purge returns the purge tokens that may purge everything.
	Purge func() ([]string, error)
	// Now is the wall clock.
	Now func() time.Time

	until  time.Time // when to read them again
	tokens []string
	err    error
}

func (t *Tokens) read() ([]string, error) {
	now := t.Now()
	if now.Before(t.until) {
		return t.tokens, t.err
	}
	t.tokens = nil
	var purge []string
	if purge, t.err = t.Purge(); t.err == nil {
		for _, p := range purge {
			if p != "" {
				t.tokens = append(t.tokens, token(p))
			}
		}
		if len(t.tokens) == 0 {
			t.err = ErrNoToken
		}
	}
	t.until = now.Add(tokenLifetime)
	if t.err != nil {
		t.until = now.Add(retryDelay)
	}
	return t.tokens, t.err
}
