package purge

import (
	"errors"
	"net/http"
	"slices"
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
	Tokens func() ([]Token, error)
	// FastlyKeyIsValid asks the platform whether the request's Fastly-Key is valid.
	FastlyKeyIsValid func(r *fsthttp.Request) (bool, error)
	// Limits bound how many credentials a client may try; nil does not.
	Limits *Limits
}

// Check returns nil for a request of an operator whose token has no limits, and a
// problem for any other.
func (g *Guard) Check(r *fsthttp.Request) error {
	token, err := g.Identify(r)
	if err == nil && token.limited() {
		return token.refuse("read this, because it is limited")
	}
	return err
}

// Identify returns the token of an operator's request, and a problem for any other.
func (g *Guard) Identify(r *fsthttp.Request) (*Token, error) {
	return g.identify(r, bearer(r.Header.Get("Authorization")))
}

// IdentifyClient is Identify for clients of Fastly's API, which send the token in
// the Fastly-Key header.
func (g *Guard) IdentifyClient(r *fsthttp.Request) (*Token, error) {
	return g.identify(r, r.Header.Get("Fastly-Key"), bearer(r.Header.Get("Authorization")))
}

func (g *Guard) identify(r *fsthttp.Request, given ...string) (*Token, error) {
	if err := g.Limits.AllowClient(r); err != nil {
		return nil, err
	}
	token, err := g.authenticate(r, given)
	if errors.Is(err, problemUnauthorized) {
		g.Limits.Failed(r)
	}
	return token, err
}

// authenticate returns the token that one of the given credentials is.
func (g *Guard) authenticate(r *fsthttp.Request, given []string) (*Token, error) {
	refused := problemUnauthorized
	if r.Header.Get("Fastly-Key") != "" {
		valid, err := g.FastlyKeyIsValid(r)
		switch {
		case err != nil:
			refused = refused.Because(err)
		case valid:
			return fastlyKey, nil
		}
	}
	if !slices.ContainsFunc(given, isSet) {
		return nil, refused
	}
	tokens, err := g.Tokens()
	if err != nil {
		return nil, problemNoTokens.Because(err)
	}
	texts := make([]string, len(tokens))
	for i, t := range tokens {
		texts[i] = t.Text
	}
	for _, credential := range given {
		if i := secret.Index(credential, texts); i >= 0 {
			return &tokens[i], nil
		}
	}
	return nil, refused
}

func isSet(credential string) bool { return credential != "" }

// bearer returns the token of an Authorization header (RFC 6750 §2.1), or "".
func bearer(header string) string {
	scheme, token, ok := strings.Cut(header, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
