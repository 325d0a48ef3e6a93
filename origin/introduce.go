package origin

import (
	"net/http"
	"slices"
	"strings"
)

// Pseudonym is the name by which a service knows its own requests in CDN-Loop
// (RFC 8586 §2). It has the service's ID, because two services in a row may have
// the same name. serviceID may be empty.
func Pseudonym(name, serviceID string) string {
	if serviceID == "" {
		return name
	}
	return name + "-" + serviceID
}

// Introduce sets the headers by which an origin knows the cache with a name.
// The pseudonym follows the names that CDN-Loop already has.
func Introduce(name, pseudonym string, header http.Header) {
	header["Accept-Encoding"] = []string{"gzip"}
	header["Cdn-Loop"] = append(slices.Clone(header["Cdn-Loop"]), pseudonym)
	if header.Get("User-Agent") == "" {
		header["User-Agent"] = []string{name}
	}
}

// Introduced reports whether a request has come from the service with a
// pseudonym (RFC 8586 §2).
func Introduced(pseudonym string, header http.Header) bool {
	for _, value := range header["Cdn-Loop"] {
		for member := range strings.SplitSeq(value, ",") {
			id, _, _ := strings.Cut(member, ";")
			if strings.EqualFold(strings.TrimSpace(id), pseudonym) {
				return true
			}
		}
	}
	return false
}
