// Package hello is what the two hello-world programs share: the least work that
// a Compute program built from the same SDK can do for the same answer. The
// benchmarks compare Larder's hits with it.
package hello

import (
	"bytes"
	"context"

	"github.com/fastly/compute-sdk-go/fsthttp"
)

// BodySize is the answer's size in bytes, that of a short list of content.
const BodySize = 4096

// Handler returns a handler that answers every request with BodySize bytes.
func Handler() fsthttp.HandlerFunc {
	body := bytes.Repeat([]byte("larder."), BodySize/7+1)[:BodySize]
	return func(_ context.Context, w fsthttp.ResponseWriter, _ *fsthttp.Request) {
		w.Header().Set("Content-Type", "application/json")
		// A client that went away before the end is its own affair.
		_, _ = w.Write(body)
	}
}
