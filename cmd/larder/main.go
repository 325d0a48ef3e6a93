// Command larder is the operator's tool. It runs where the operator is, and
// not at the edge; "larder help" lists what it can do.
package main

import (
	"context"
	"os"
)

func main() {
	if err := exec(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr); err != nil {
		explainError(os.Stderr, err)
		os.Exit(1)
	}
}
