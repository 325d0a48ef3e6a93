// Command servemany answers many requests per sandbox, as Larder does.
package main

import (
	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/bench/hello"
)

func main() {
	fsthttp.ServeMany(hello.Handler(), &fsthttp.ServeManyOptions{})
}
