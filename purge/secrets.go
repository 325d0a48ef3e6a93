package purge

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"larder/config"
	"larder/internal/secret"
)

// secretTime is how long [Secrets.Has] uses what it has read, so that it does not
// read the Secret Store for every request.
const secretTime = time.Minute

// Secrets are the purge tokens and the secrets of hooks, without those that are too
// short to be safe.
type Secrets struct {
	// Secret reads the operator's secret.
	Secret func() (Secret, error)
	// Hooks are those of larder.json.
	Hooks []config.Hook
	// Now is the wall clock.
	Now func() time.Time
	// Log takes a line for the operator.
	Log func(format string, args ...any)

	mu    sync.Mutex
	known []string  // all of them, as Has last read them
	read  time.Time // when it did
	// warned are the lines that were logged.
	warned map[string]bool
}

// Tokens reads the purge tokens that authenticate. It logs others once.
func (s *Secrets) Tokens() ([]Token, error) {
	read, err := s.Secret()
	if err != nil {
		return nil, err
	}
	list, err := read.tokens()
	if err != nil {
		return nil, err
	}
	if list.short > 0 {
		s.warn("purge tokens: %d of %d have fewer than %d characters and do not authenticate", list.short, list.short+len(list.tokens)+len(list.faults), MinSecret)
	}
	if len(list.faults) > 0 {
		s.warn("purge tokens: %d are not valid and do not authenticate: %s", len(list.faults), strings.Join(list.faults, "; "))
	}
	return list.tokens, nil
}

// Unlimited reads the tokens that may purge everything. Whoever has one can derive
// what an edge proves itself with to the shield.
func (s *Secrets) Unlimited() ([]string, error) {
	tokens, err := s.Tokens()
	var texts []string
	for _, t := range tokens {
		if !t.limited() {
			texts = append(texts, t.Text)
		}
	}
	return texts, err
}

// Hook reads the secrets of a hook that authenticate. It logs others once.
func (s *Secrets) Hook(name string) ([]string, error) {
	read, err := s.Secret()
	if err != nil {
		return nil, err
	}
	secrets, err := read.hook(name)
	if secrets.short > 0 {
		s.warn("hook %q: %d of its secrets have fewer than %d characters and do not authenticate", name, secrets.short, MinSecret)
	}
	return secrets.valid, err
}

// Fields returns the header fields in which the secrets are sent.
func (s *Secrets) Fields() []string {
	fields := []string{"Authorization"}
	for _, hook := range s.Hooks {
		if !slices.Contains(fields, hook.Header) {
			fields = append(fields, hook.Header)
		}
	}
	return fields
}

// Has reports whether a credential is a purge token or the secret of a hook. It
// reads them once a minute; while the store fails, those that were read last count.
func (s *Secrets) Has(credential string) bool {
	if len(credential) < MinSecret {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.Now(); now.Sub(s.read) >= secretTime {
		s.read = now
		s.refresh()
	}
	return secret.OneOf(credential, s.known)
}

// refresh reads all secrets. If they cannot be read, the known ones remain.
func (s *Secrets) refresh() {
	read, err := s.Secret()
	if err != nil {
		return
	}
	list, err := read.tokens()
	if err != nil {
		return
	}
	var known []string
	for _, t := range list.tokens {
		known = append(known, t.Text)
	}
	for _, h := range s.Hooks {
		if secrets, err := read.hook(h.Name); err == nil {
			known = append(known, secrets.valid...)
		}
	}
	s.known = known
}

// warn logs a line, each once.
func (s *Secrets) warn(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.warned == nil {
		s.warned = map[string]bool{}
	}
	if !s.warned[line] {
		s.warned[line] = true
		s.Log("%s", line)
	}
}
