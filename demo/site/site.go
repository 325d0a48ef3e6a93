// Package site is a small site of articles that a browser renders from the
// content API, through whatever stands in front of it.
package site

import (
	"embed"
	"io/fs"
)

//go:embed index.html style.css app.js
var files embed.FS

// Files returns the site's static files.
func Files() fs.FS { return files }
