package purge

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/problem"
)

var (
	problemUnauthorized = problem.New("unauthorized", http.StatusUnauthorized, "Purging needs a token: \"Authorization: Bearer …\", or a valid Fastly-Key.").WithHeader("WWW-Authenticate", `Bearer realm="larder"`)
	problemNoTokens     = problem.New("no-purge-tokens", http.StatusServiceUnavailable, "No purge tokens are configured in the Secret Store.")
)

// authenticate returns nil for a request that may purge.
func (e *Endpoint) authenticate(r *fsthttp.Request) error {
	if r.Header.Get("Fastly-Key") != "" {
		valid, err := e.FastlyKeyIsValid(r)
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
	tokens, err := e.Tokens()
	if err != nil {
		return problemNoTokens.Because(err)
	}
	if !oneOf(given, tokens) {
		return problemUnauthorized
	}
	return nil
}

// oneOf compares in a time that does not depend on where tokens differ, or on
// their lengths.
func oneOf(given string, tokens []string) bool {
	g := sha256.Sum256([]byte(given))
	match := 0
	for _, token := range tokens {
		if token == "" {
			continue
		}
		t := sha256.Sum256([]byte(token))
		match |= subtle.ConstantTimeCompare(g[:], t[:])
	}
	return match == 1
}
