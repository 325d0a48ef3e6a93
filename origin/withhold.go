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
	// Fields that may carry one, in canonical form (net/textproto).
	Fields []string
	// IsSecret reports whether a credential is one of the operator's.
	IsSecret func(credential string) bool
	// Log takes a line for the operator.
	Log func(format string, args ...any)
}

// Send implements [Sender]. A Fastly-Key is meant for the platform alone, and a
// token or a hook's secret for Larder alone, so they are removed from the request's
// header.
func (w Withhold) Send(ctx context.Context, backend string, req *Request) (*Response, error) {
	delete(req.Header, "Fastly-Key")
	for _, field := range w.Fields {
		if slices.ContainsFunc(req.Header[field], w.holdsSecret) {
			delete(req.Header, field)
			w.Log("withhold a purge token or a hook's secret from %s: it was sent to a path that is not Larder's own", req.Path)
		}
	}
	return w.Sender.Send(ctx, backend, req)
}

// holdsSecret reports whether a field's value is a secret, with any scheme or none.
func (w Withhold) holdsSecret(value string) bool {
	value = strings.TrimSpace(value)
	_, credential, _ := strings.Cut(value, " ")
	return w.IsSecret(value) || w.IsSecret(strings.TrimSpace(credential))
}
