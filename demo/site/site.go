// Package site is a small website that renders articles from the content API in
// the browser.
package site

import (
	"embed"
	"io/fs"
)

//go:embed index.html style.css app.js
var files embed.FS

// Files returns the site's static files.
func Files() fs.FS { return files }
