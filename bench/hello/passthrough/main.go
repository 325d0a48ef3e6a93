// Command passthrough sends every request to its one backend and streams the
// response back: what any program from the same SDK costs a response that it
// does not look at.
package main

import (
	"context"
	"io"

	"github.com/fastly/compute-sdk-go/fsthttp"
)

// backend is the one that Larder's own configurations call their first origin.
const backend = "primary"

func main() {
	fsthttp.ServeMany(serve, &fsthttp.ServeManyOptions{})
}

func serve(ctx context.Context, w fsthttp.ResponseWriter, r *fsthttp.Request) {
	r.CacheOptions.Pass = true
	response, err := r.Send(ctx, backend)
	if err != nil {
		fsthttp.Error(w, err.Error(), fsthttp.StatusBadGateway)
		return
	}
	w.Header().Reset(response.Header)
	w.SetManualFramingMode(true) // keeps the origin's Content-Length
	w.WriteHeader(response.StatusCode)
	// A client that goes away before the end needs no answer.
	_, _ = io.Copy(w, response.Body)
}
