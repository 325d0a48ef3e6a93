package handlers

import (
	"net/http"
	"strings"
)

// maxPasses is how often a request may come through Larder: once at the edge
// and once at a shield.
const maxPasses = 2

// loops reports whether a request has come through Larder too often
// (RFC 8586), because an origin is configured that leads back to it.
func (a *App) loops(header http.Header) bool { return a.passes(header) >= maxPasses }

// passes counts how often a request has come through Larder, before now.
func (a *App) passes(header http.Header) int {
	passes := 0
	for _, value := range header["Cdn-Loop"] {
		for member := range strings.SplitSeq(value, ",") {
			name, _, _ := strings.Cut(member, ";")
			if strings.EqualFold(strings.TrimSpace(name), a.config.Name) {
				passes++
			}
		}
	}
	return passes
}
