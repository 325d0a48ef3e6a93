package resource

import (
	"net/http"
	"strings"
)

// Listed returns the lines of a request header that a route lists, as the
// origin gets them and as the key has them. They are the client's own, since
// only the origin knows whether white space, commas and several lines mean
// something. What a client accepts comes in one spelling, because there they
// mean nothing, and clients differ (RFC 9110 §5.3, §12.5). name is canonical,
// and the header is not changed.
func Listed(header http.Header, name string) []string {
	lines := header[name]
	if name != "Accept" && name != "Accept-Charset" && name != "Accept-Language" {
		return lines
	}
	joined := strings.Join(lines, ",")
	// A comma in quotes separates nothing.
	if !strings.Contains(joined, ",") || strings.Contains(joined, `"`) {
		return lines
	}
	members := strings.Split(joined, ",")
	for i := range members {
		members[i] = strings.TrimSpace(members[i])
	}
	return []string{strings.Join(members, ", ")}
}
