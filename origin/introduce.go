package origin

import (
	"net/http"
	"slices"
	"strings"
)

// Introduce sets the headers by which an origin knows the cache with a name.
// CDN-Loop goes on from the client's request (RFC 8586 §2).
func Introduce(name string, header, request http.Header) {
	header["Accept-Encoding"] = []string{"gzip"}
	header["Cdn-Loop"] = append(slices.Clone(request["Cdn-Loop"]), name)
	if header.Get("User-Agent") == "" {
		header["User-Agent"] = []string{name}
	}
}

// MaxPasses is how often a request may come through the cache: once at an edge
// and once at the shield.
const MaxPasses = 2

// Passes counts how often a request has come through the cache with a name
// before now (RFC 8586).
func Passes(name string, header http.Header) int {
	passes := 0
	for _, value := range header["Cdn-Loop"] {
		for member := range strings.SplitSeq(value, ",") {
			id, _, _ := strings.Cut(member, ";")
			if strings.EqualFold(strings.TrimSpace(id), name) {
				passes++
			}
		}
	}
	return passes
}
