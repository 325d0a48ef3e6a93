package purge

import (
	"errors"
	"net/http"
	"strings"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/internal/secret"
	"larder/problem"
)

var (
	problemUnauthorized = problem.New("unauthorized", http.StatusUnauthorized, "This needs the operator's token: \"Authorization: Bearer …\", or a valid Fastly-Key.").WithHeader("WWW-Authenticate", `Bearer realm="larder"`)
	problemNoTokens     = problem.New("no-purge-tokens", http.StatusServiceUnavailable, "No purge tokens are configured in the Secret Store.")
)

// Guard authenticates operators.
type Guard struct {
	// Tokens returns the valid bearer tokens.
	Tokens func() ([]string, error)
	// FastlyKeyIsValid asks the platform whether the request's Fastly-Key is valid.
	FastlyKeyIsValid func(r *fsthttp.Request) (bool, error)
	// Limits bound how many credentials a client may try; nil does not.
	Limits *Limits
}

// Check returns nil for an operator's request and a problem for any other.
func (g *Guard) Check(r *fsthttp.Request) error {
	if err := g.Limits.AllowClient(r); err != nil {
		return err
	}
	err := g.authenticate(r)
	if errors.Is(err, problemUnauthorized) {
		g.Limits.Failed(r)
	}
	return err
}

func (g *Guard) authenticate(r *fsthttp.Request) error {
	if r.Header.Get("Fastly-Key") != "" {
		valid, err := g.FastlyKeyIsValid(r)
		if err != nil {
			return problemUnauthorized.Because(err)
		}
		if valid {
			return nil
		}
	}
	given, ok := bearer(r.Header.Get("Authorization"))
	if !ok || given == "" {
		return problemUnauthorized
	}
	tokens, err := g.Tokens()
	if err != nil {
		return problemNoTokens.Because(err)
	}
	if !secret.OneOf(given, tokens) {
		return problemUnauthorized
	}
	return nil
}

// bearer returns the token of an Authorization header (RFC 6750 §2.1).
func bearer(header string) (string, bool) {
	scheme, token, ok := strings.Cut(header, " ")
	return strings.TrimSpace(token), ok && strings.EqualFold(scheme, "Bearer")
}
