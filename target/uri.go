package target

import (
	"net/url"
	"strings"
)

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
