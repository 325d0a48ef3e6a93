package handlers

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/fastly/compute-sdk-go/fsthttp"
)

// Operation answers a request to one of Larder's own paths: a purge and the
// like.
type Operation interface {
	// Serve returns the answer, which is sent as JSON, and what is left to do
	// once the client has it, or nil. An error is sent as a problem.
	Serve(ctx context.Context, r *fsthttp.Request) (answer any, later func(), err error)
}

// Operations are Larder's own paths, all under /_larder/.
type Operations map[string]Operation

// operate answers a request to one of Larder's own paths.
func (a *App) operate(ctx context.Context, w *responder, path string) {
	operation, ok := a.operations[path]
	if !ok {
		w.fail(problemNoOperation)
		return
	}
	answer, later, err := operation.Serve(ctx, w.r)
	if later != nil {
		w.then(later)
	}
	var body []byte
	if err == nil {
		body, err = json.Marshal(answer)
	}
	if err != nil {
		w.fail(err)
	} else {
		header := http.Header{"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}}
		w.send(http.StatusOK, header, append(body, '\n'))
	}
}
