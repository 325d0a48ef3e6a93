package purge

import (
	"sync"
	"time"

	"larder/internal/secret"
)

// MinToken is the smallest length of a token that authenticates, in bytes. Shorter
// ones can be guessed.
const MinToken = 16

// tokenTime is how long [Tokens.Has] uses the tokens that it has read, so that it
// does not read the Secret Store for every request.
const tokenTime = time.Minute

// Tokens are the operator's tokens in the Secret Store, without those that are
// too short to be safe.
type Tokens struct {
	// Secret reads all of them.
	Secret func() ([]string, error)
	// Now is the wall clock.
	Now func() time.Time
	// Log takes a line for the operator.
	Log func(format string, args ...any)

	mu     sync.Mutex
	known  []string  // as last read
	read   time.Time // when Has last read them
	warned bool
}

// Read reads the tokens that authenticate. The first call that finds one too short
// logs it.
func (t *Tokens) Read() ([]string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	tokens, _, err := t.load()
	return tokens, err
}

// Has reports whether a credential is one of the tokens. It reads them once a
// minute; while the store fails, the tokens that were read last count.
func (t *Tokens) Has(credential string) bool {
	if len(credential) < MinToken {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if now := t.Now(); now.Sub(t.read) >= tokenTime {
		t.read = now
		_, _, _ = t.load() // those that are known remain
	}
	return secret.OneOf(credential, t.known)
}

// TokenStatus describes the tokens, for the operator.
type TokenStatus struct {
	// Accepted is how many authenticate, and TooShort how many do not because
	// they have fewer than MinToken characters.
	Accepted int `json:"accepted"`
	TooShort int `json:"too_short"`
	// Error is the reason why they cannot be read.
	Error string `json:"error,omitempty"`
}

// Status reads the tokens and counts them.
func (t *Tokens) Status() TokenStatus {
	t.mu.Lock()
	defer t.mu.Unlock()
	tokens, short, err := t.load()
	if err != nil {
		return TokenStatus{Error: err.Error()}
	}
	return TokenStatus{Accepted: len(tokens), TooShort: short}
}

// load reads the tokens and drops those that are too short.
func (t *Tokens) load() (tokens []string, short int, err error) {
	all, err := t.Secret()
	if err != nil {
		return nil, 0, err
	}
	for _, token := range all {
		if len(token) < MinToken {
			short++
			continue
		}
		tokens = append(tokens, token)
	}
	if short > 0 && !t.warned {
		t.warned = true
		t.Log("purge tokens: %d of %d have fewer than %d characters and do not authenticate", short, len(all), MinToken)
	}
	t.known = tokens
	return tokens, short, nil
}
