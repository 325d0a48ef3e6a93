package handlers

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"strings"

	"github.com/fastly/compute-sdk-go/fsthttp"
)

// Operation answers a request to one of Larder's own paths: a purge and the
// like.
type Operation interface {
	// Serve returns the answer, which is sent as JSON, and what is left to do
	// once the client has it, or nil. An error is sent as a problem.
	Serve(ctx context.Context, r *fsthttp.Request) (answer any, later func(), err error)
}

// Operations are Larder's own paths, all under /_larder/. A path that ends with a
// slash stands for all paths with one more segment, and one that ends with "/..."
// for all paths below it.
type Operations map[string]Operation

// at returns the operation of a path.
func (o Operations) at(path string) (Operation, bool) {
	if operation, ok := o[path]; ok {
		return operation, true
	}
	operation, ok := o[path[:strings.LastIndexByte(path, '/')+1]]
	return operation, ok
}

const (
	ownPaths = "/_larder/"
	below    = "/..."
)

// under returns the operation for all paths below one that a path begins with. The
// path is the client's, which no other spelling of it reaches: what follows may
// hold what a path of content may not, such as encoded slashes.
func (o Operations) under(rawPath string) (Operation, bool) {
	if !strings.HasPrefix(rawPath, ownPaths) {
		return nil, false
	}
	for path, operation := range o {
		if prefix, ok := strings.CutSuffix(path, below); ok && strings.HasPrefix(rawPath, prefix+"/") {
			return operation, true
		}
	}
	return nil, false
}

// withStatus is an answer whose status may be another than 200.
type withStatus interface{ Status() int }

// withHeader is an answer with header fields of its own.
type withHeader interface{ Header() http.Header }

// operate answers a request with an operation.
func (a *App) operate(ctx context.Context, w *responder, operation Operation) {
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
		if own, ok := answer.(withHeader); ok {
			maps.Copy(header, own.Header())
			w.line.ID = header.Get(requestID)
		}
		status := http.StatusOK
		if other, ok := answer.(withStatus); ok {
			status = other.Status()
		}
		w.send(status, header, append(body, '\n'))
	}
}
