package main

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"larder/bench/hello"
)

// itemPath is a post of the API in the default larder.json, requested as its
// customers do.
const itemPath = "/v2/posts/benchmark/?auth_token=bench"

// origin is an API with a single post, of the same size as hello-world's
// response.
type origin struct{ requests atomic.Int64 }

func (o *origin) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	o.requests.Add(1)
	const head = `{"meta":{"previous_post":{"slug":"before"},"next_post":{"slug":"after"}},` +
		`"data":{"slug":"benchmark","author":{"slug":"a"},"categories":[{"slug":"c"}],"tags":[{"slug":"t"}],"body":"`
	const tail = `"}}`
	body := head + strings.Repeat("x", hello.BodySize-len(head)-len(tail)) + tail
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	// If the edge disconnected, it reports that itself.
	_, _ = w.Write([]byte(body))
}
