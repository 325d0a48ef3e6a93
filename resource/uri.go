package resource

import (
	"net/url"
	"strings"
)

// MaxURL is the platform's limit for path, question mark and query together, in
// bytes (docs.fastly.com/products/compute-resource-limits).
const MaxURL = 8192

// TooLong reports whether path and query exceed [MaxURL].
func TooLong(path, query string) bool { return len(path)+len("?")+len(query) > MaxURL }

// IsOperation reports whether a normalised path is reserved for Larder's own
// endpoints.
func IsOperation(path string) bool { return strings.HasPrefix(path, "/_larder/") }

// Split returns the path and the query as the client sent them. The URL comes
// from [ParseRequestURI], or in tests from net/url.
func Split(u *url.URL) (path, query string) {
	if u.RawPath != "" {
		return u.RawPath, u.RawQuery
	}
	return u.EscapedPath(), u.RawQuery
}

// ParseRequestURI splits a request URI without validating it. It replaces the
// SDK's parser, which ends the sandbox on an invalid percent-encoding. The
// error is always nil; invalid paths are refused later, by [NormalisePath].
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
