package resource

import (
	"net/http"
	"strings"
)

// Listed returns the lines of a request header field that a route lists, as
// they go into the cache key and to the origin. They are the client's own lines,
// since only the origin knows whether whitespace, commas and the split into
// lines matter. In Accept, Accept-Charset and Accept-Language they do not, so
// these are normalised (RFC 9110 §5.3, §12.5). name is canonical. header is not
// modified.
func Listed(header http.Header, name string) []string {
	lines := header[name]
	if name != "Accept" && name != "Accept-Charset" && name != "Accept-Language" {
		return lines
	}
	joined := strings.Join(lines, ",")
	// With quotes, a comma may be part of a value.
	if !strings.Contains(joined, ",") || strings.Contains(joined, `"`) {
		return lines
	}
	members := strings.Split(joined, ",")
	for i := range members {
		members[i] = strings.TrimSpace(members[i])
	}
	return []string{strings.Join(members, ", ")}
}
