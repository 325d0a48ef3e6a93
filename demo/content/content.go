// Package content holds the content that the demo starts with: one folder for
// each tenant, all of it written for this demo.
package content

import (
	"embed"
	"io/fs"
)

//go:embed demo second
var files embed.FS

// Files returns the content, in the layout that contentapi.Open reads.
func Files() fs.FS { return files }
