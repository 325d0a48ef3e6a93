package shield

import (
	"errors"
	"fmt"
	"time"

	"larder/config"
	"larder/internal/secret"
)

// Host is what the platform knows of shields.
type Host interface {
	// Info says whether the program runs on the shield, and otherwise at which
	// target it is. Names that are no shield's are an error.
	Info(site string) (here bool, target string, err error)
	// Backend makes a backend of a target, which works once in a sandbox.
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
	// Log takes a line for the operator.
	Log func(format string, args ...any)

	here    bool
	backend string
	err     error
	retry   time.Time // when what failed is tried again
}

// Way returns the shield as the first of the origins. It is nil where misses go
// to the origins directly: on the shield itself, and where the shield cannot be
// asked, which is logged.
func (s *Site) Way() *config.Origin {
	token, ok := s.ready()
	if !ok {
		return nil
	}
	return &config.Origin{
		Name:             config.ShieldName,
		Backend:          s.backend,
		FirstByteTimeout: s.Config.FirstByteTimeout,
		BodyTimeout:      s.Config.BodyTimeout,
		Headers:          map[string]string{EdgeField: Any.Ask(token)},
	}
}

// ready returns the token to show where there is a shield to ask.
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

// find asks the host for the shield until it knows it.
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
	s.retry = s.Now().Add(failureTime)
	s.Log("%v; misses go to the origins directly", s.err)
}

// Leads reports whether misses go through the shield.
func (s *Site) Leads() bool {
	if s == nil {
		return false
	}
	_, ok := s.ready()
	return ok
}

// Asked returns what an edge of this service demands with [EdgeField], or
// [Direct] for everybody else.
func (s *Site) Asked(value string) Demand {
	if s == nil || value == "" {
		return Direct
	}
	tokens, err := s.Tokens.read()
	if err != nil {
		s.Log("a request that says it is an edge's: %v", err)
		return Direct
	}
	given, demand := parseAsk(value)
	if !secret.OneOf(given, tokens) {
		return Direct
	}
	return demand
}

// Status is what is known of the shield, for the operator.
type Status struct {
	Site string `json:"site"`
	// Here says that this place is the shield.
	Here bool `json:"here"`
	// Error says why the shield cannot be asked.
	Error string `json:"error,omitempty"`
}

// Status returns what this place knows of the shield; nil without one.
func (s *Site) Status() *Status {
	if s == nil {
		return nil
	}
	s.Leads() // which finds out
	status := &Status{Site: s.Config.Site, Here: s.here}
	if s.err != nil {
		status.Error = s.err.Error()
	}
	return status
}
