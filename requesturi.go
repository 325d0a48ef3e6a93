//go:build fastlyinternalsetparseuri

package main

import (
	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/resource"
)

// The SDK's own parser ends the sandbox when a URL has a broken
// percent-encoding.
func init() { fsthttp.SetParseRequestURI(resource.ParseRequestURI) }
