// Package hello is the common part of two hello-world programs, which do the
// least work that a Compute program with the same SDK can do for a response of
// the same size. The benchmarks compare Larder's hits with them.
package hello

import (
	"bytes"
	"context"

	"github.com/fastly/compute-sdk-go/fsthttp"
)

// BodySize is the size of the response in bytes, that of a short list of content.
const BodySize = 4096

// Handler returns a handler that answers every request with BodySize bytes.
func Handler() fsthttp.HandlerFunc {
	body := bytes.Repeat([]byte("larder."), BodySize/7+1)[:BodySize]
	return func(_ context.Context, w fsthttp.ResponseWriter, _ *fsthttp.Request) {
		w.Header().Set("Content-Type", "application/json")
		// The client may have disconnected.
		_, _ = w.Write(body)
	}
}
