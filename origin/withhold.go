package origin

import (
	"context"
	"slices"
	"strings"
)

// Withhold is a [Sender] that keeps the operator's own credentials from the
// origins, for every kind of request.
type Withhold struct {
	Sender
	// IsToken reports whether a credential is one of the operator's tokens.
	IsToken func(credential string) bool
	// Log takes a line for the operator.
	Log func(format string, args ...any)
}

// Send implements [Sender]. A Fastly-Key is meant for the platform alone, and a
// token for Larder alone, so both are removed from the request's header.
func (w Withhold) Send(ctx context.Context, backend string, req *Request) (*Response, error) {
	delete(req.Header, "Fastly-Key")
	if slices.ContainsFunc(req.Header["Authorization"], w.holdsToken) {
		delete(req.Header, "Authorization")
		w.Log("withhold a purge token from %s: it was sent to a path that is not Larder's own", req.Path)
	}
	return w.Sender.Send(ctx, backend, req)
}

// holdsToken reports whether an Authorization header has a token, with any scheme
// or none.
func (w Withhold) holdsToken(authorization string) bool {
	authorization = strings.TrimSpace(authorization)
	_, credential, _ := strings.Cut(authorization, " ")
	return w.IsToken(authorization) || w.IsToken(strings.TrimSpace(credential))
}
