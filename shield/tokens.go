package shield

import (
	"errors"
	"time"
)

const (
	// tokenTime is how long tokens count before they are read again, so that
	// misses do not read the Secret Store one by one.
	tokenTime = time.Minute
	// failureTime is how long it takes until what failed is tried again.
	failureTime = 5 * time.Second
)

// ErrNoToken means that there is no purge token to make the edge's token of.
var ErrNoToken = errors.New("no purge token in the Secret Store")

// Tokens are those by which a shield knows an edge. They are made of the
// operator's purge tokens, so that there is no secret more to look after: an
// edge shows the first, and a shield takes any, which lets tokens change
// without a gap.
type Tokens struct {
	// Purge returns the purge tokens.
	Purge func() ([]string, error)
	// Now is the wall clock.
	Now func() time.Time

	until  time.Time // when they are read again
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
	t.until = now.Add(tokenTime)
	if t.err != nil {
		t.until = now.Add(failureTime)
	}
	return t.tokens, t.err
}
