package resource

import (
	"net/url"
	"strings"
)

// MaxURL is the platform's limit for path and query in bytes, the question mark
// included (docs.fastly.com/products/compute-resource-limits).
const MaxURL = 8192

// TooLong reports whether path and query exceed [MaxURL].
func TooLong(path, query string) bool { return len(path)+len("?")+len(query) > MaxURL }

// IsOperation reports whether a normalised path is one that Larder keeps for
// itself.
func IsOperation(path string) bool { return strings.HasPrefix(path, "/_larder/") }

// Split returns the path and the query as the client sent them. The
// URL comes from [ParseRequestURI], or from net/url in tests.
func Split(u *url.URL) (path, query string) {
	if u.RawPath != "" {
		return u.RawPath, u.RawQuery
	}
	return u.EscapedPath(), u.RawQuery
}

// ParseRequestURI takes a request URI apart without judging it, for the SDK,
// whose own parser ends the sandbox when it meets a broken percent-encoding.
// What is wrong with a path is told to the client by the dispatcher. It never
// returns an error.
func ParseRequestURI(uri string) (*url.URL, error) {
	u := &url.URL{}
	rest := uri
	if scheme, after, ok := strings.Cut(uri, "://"); ok && !strings.Contains(scheme, "/") {
		u.Scheme = scheme
		end := strings.IndexAny(after, "/?")
		if end < 0 {
			end = len(after)
		}
		u.Host, rest = after[:end], after[end:]
	}
	rest, u.RawQuery, _ = strings.Cut(rest, "?")
	if rest == "" {
		rest = "/"
	}
	u.Path, u.RawPath = rest, rest
	return u, nil
}
