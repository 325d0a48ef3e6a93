package shield

import (
	"errors"
	"fmt"
	"time"

	"larder/config"
	"larder/internal/secret"
)

// Host is the platform's interface for shields.
type Host interface {
	// Info reports whether the program runs on the shield. If not, it returns
	// the shield's target. An unknown site is an error.
	Info(site string) (here bool, target string, err error)
	// Backend creates a backend for a target. It works only once per sandbox.
	Backend(target string) (name string, err error)
}

// Site is the shield of a service. It is not safe for concurrent use; a sandbox
// serves one request at a time.
type Site struct {
	Config *config.Shield
	Tokens *Tokens
	Host   Host
	// Now is the wall clock.
	Now func() time.Time
	// Log writes a line to the operator's log.
	Log func(format string, args ...any)

	here    bool
	backend string
	err     error
	retry   time.Time // when to try again after err
}

// Backend returns the shield as the first of the origins. It returns nil if
// misses go directly to the origins: on the shield itself, and after an error,
// which is logged.
func (s *Site) Backend() *config.Origin {
	token, ok := s.ready()
	if !ok {
		return nil
	}
	return &config.Origin{
		Name:             config.ShieldName,
		Backend:          s.backend,
		FirstByteTimeout: s.Config.FirstByteTimeout,
		BodyTimeout:      s.Config.BodyTimeout,
		Headers:          map[string]string{EdgeField: Any.FieldValue(token)},
	}
}

// ready returns the edge's token if the shield can be used.
func (s *Site) ready() (token string, ok bool) {
	if !s.find() || s.here {
		return "", false
	}
	tokens, err := s.Tokens.read()
	if err != nil {
		s.fail(err)
		return "", false
	}
	return tokens[0], true
}

// find locates the shield once, and after an error again when the retry time
// has come.
func (s *Site) find() bool {
	if s.err != nil && s.Now().Before(s.retry) {
		return false
	}
	s.err = nil
	if s.here || s.backend != "" {
		return true
	}
	here, target, err := s.Host.Info(s.Config.Site)
	if err == nil && !here {
		s.backend, err = s.Host.Backend(target)
		if err == nil && s.backend == "" {
			err = errNoBackend
		}
	}
	if err != nil {
		s.fail(err)
		return false
	}
	s.here = here
	return true
}

var errNoBackend = errors.New("the platform names no backend for it")

func (s *Site) fail(err error) {
	s.err = fmt.Errorf("shield %q: %w", s.Config.Site, err)
	s.retry = s.Now().Add(retryDelay)
	s.Log("%v; misses go to the origins directly", s.err)
}

// Enabled reports whether misses go through the shield.
func (s *Site) Enabled() bool {
	if s == nil {
		return false
	}
	_, ok := s.ready()
	return ok
}

// Authenticate returns the requirement in a request's [EdgeField] if it comes
// from an edge of this service. For any other request it returns [Direct].
func (s *Site) Authenticate(value string) Requirement {
	if s == nil || value == "" {
		return Direct
	}
	tokens, err := s.Tokens.read()
	if err != nil {
		s.Log("authenticate a request with %s: %v", EdgeField, err)
		return Direct
	}
	token, requirement := parseEdgeField(value)
	if !secret.OneOf(token, tokens) {
		return Direct
	}
	return requirement
}

// Status describes the shield, for the operator.
type Status struct {
	Site string `json:"site"`
	// Here means that this POP is the shield.
	Here bool `json:"here"`
	// Error is the reason why the shield cannot be used.
	Error string `json:"error,omitempty"`
}

// Status returns the state of the shield as this POP sees it, or nil without a
// shield.
func (s *Site) Status() *Status {
	if s == nil {
		return nil
	}
	s.Enabled() // updates the fields
	status := &Status{Site: s.Config.Site, Here: s.here}
	if s.err != nil {
		status.Error = s.err.Error()
	}
	return status
}
