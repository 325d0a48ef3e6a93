package httpcache

import (
	"net/http"
	"net/url"
	"strings"
)

// Invalidates reports whether a response with this status to this method
// invalidates stored responses (RFC 9111 §4.4): the method is unsafe or
// unknown, and the status is 2xx or 3xx.
func Invalidates(method string, status int) bool {
	return !isSafe(method) && status >= 200 && status <= 399
}

// isSafe reports whether a method is registered as safe (RFC 9110 §9.2.1 and
// the HTTP method registry). Methods are case-sensitive.
func isSafe(method string) bool {
	switch method {
	case "GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "PROPFIND", "REPORT", "SEARCH":
		return true
	}
	return false
}

// InvalidationTargets returns the URLs that such a response invalidates: the
// target URI, then, if the request succeeded (2xx), those in Location and
// Content-Location that have the same origin (RFC 9111 §4.4). A redirection
// names a URL to ask next, not one that the request has changed. There are no
// repetitions and no fragments. target must be absolute; it is not modified.
func InvalidationTargets(target *url.URL, status int, h http.Header) []*url.URL {
	targets := []*url.URL{withoutFragment(target)}
	if status < 200 || status > 299 {
		return targets
	}
	for _, name := range [...]string{"Location", "Content-Location"} {
		u, ok := resolve(target, h, name)
		if ok && sameOrigin(target, u) && !contains(targets, u) {
			targets = append(targets, u)
		}
	}
	return targets
}

// resolve reads a field that holds a URI reference relative to the target.
func resolve(target *url.URL, h http.Header, name string) (u *url.URL, ok bool) {
	lines := h[name]
	if len(lines) == 0 {
		return nil, false
	}
	u, err := target.Parse(trimOWS(lines[0]))
	if err != nil {
		return nil, false
	}
	return withoutFragment(u), true
}

func withoutFragment(u *url.URL) *url.URL {
	v := *u
	v.Fragment, v.RawFragment = "", ""
	return &v
}

func contains(list []*url.URL, u *url.URL) bool {
	for _, v := range list {
		if v.String() == u.String() {
			return true
		}
	}
	return false
}

// sameOrigin compares scheme, host and port (RFC 9110 §4.3.1).
func sameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) &&
		strings.EqualFold(a.Hostname(), b.Hostname()) &&
		port(a) == port(b)
}

func port(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	switch strings.ToLower(u.Scheme) {
	case "http":
		return "80"
	case "https":
		return "443"
	}
	return ""
}
