// Command servefunc answers one request per sandbox, as Fastly's starter kit
// does.
package main

import (
	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/bench/hello"
)

func main() {
	fsthttp.ServeFunc(hello.Handler())
}
