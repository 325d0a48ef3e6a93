package resource

import (
	"net/url"
	"strings"

	"larder/config"
)

// MaxURL is the platform's limit for path, question mark and query together, in
// bytes (docs.fastly.com/products/compute-resource-limits).
const MaxURL = 8192

// TooLong reports whether path and query exceed [MaxURL].
func TooLong(path, query string) bool { return len(path)+len("?")+len(query) > MaxURL }

// IsOperation reports whether a normalised path is reserved for Larder's own
// endpoints: whether [config.Reserves] any of its segments. Encoded slashes and
// backslashes separate segments too. A purge that is sent to another spelling, or
// under another folder, must not reach an origin with its token.
func IsOperation(path string) bool {
	for i := 0; i < len(path); i++ {
		// Few paths have an underscore.
		next := strings.IndexByte(path[i:], '_')
		if next < 0 {
			return false
		}
		i += next
		if endsInSlash(path[:i]) && config.Reserves(path[i:]) {
			return true
		}
	}
	return false
}

// endsInSlash reports whether a normalised path ends in a slash or in what some
// origins take for one.
func endsInSlash(path string) bool {
	return strings.HasSuffix(path, "/") || strings.HasSuffix(path, "%2F") || strings.HasSuffix(path, "%5C")
}

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
		// In upper case, which means the same (RFC 3986 §3.1), so that the SDK
		// does not read the TLS metadata of the connection: six host calls that
		// are of no use here, and that end the sandbox where the host has none.
		u.Scheme = strings.ToUpper(scheme)
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
