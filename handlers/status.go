package handlers

import (
	"context"
	"net/http"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/problem"
)

// Paths of the operations that tell how Larder is.
const (
	HealthPath = "/_larder/health"
	StatusPath = "/_larder/status"
)

var problemReadOnly = problem.New("method-not-allowed", http.StatusMethodNotAllowed, "This path takes GET only.").WithHeader("Allow", "GET, HEAD")

// Health answers load balancers: 200 as long as Larder can serve, which an
// outage of the origins does not change.
type Health struct{}

// Serve implements [Operation].
func (Health) Serve(_ context.Context, r *fsthttp.Request) (any, func(), error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return nil, nil, problemReadOnly
	}
	return struct {
		Status string `json:"status"`
	}{"ok"}, nil, nil
}

// Status reports the state of this POP to the operator, as JSON.
type Status struct {
	// Guard lets operators in, and returns a problem for all others.
	Guard interface {
		Check(r *fsthttp.Request) error
	}
	// Report collects the answer.
	Report func() any
}

// Serve implements [Operation].
func (s *Status) Serve(_ context.Context, r *fsthttp.Request) (any, func(), error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return nil, nil, problemReadOnly
	}
	if err := s.Guard.Check(r); err != nil {
		return nil, nil, err
	}
	return s.Report(), nil, nil
}
