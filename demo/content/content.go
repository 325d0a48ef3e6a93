// Package content holds the demo's initial content, one folder per tenant. It
// was written for this demo.
package content

import (
	"embed"
	"io/fs"
)

//go:embed demo second
var files embed.FS

// Files returns the content, in the layout that contentapi.Open reads.
func Files() fs.FS { return files }
