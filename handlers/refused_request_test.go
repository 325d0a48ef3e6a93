package handlers

import (
	"strings"
	"testing"
)

func TestMalformedAndUnroutedRequestsAreRefused(t *testing.T) {
	tests := []struct {
		name, uri string
		status    int
		problem   string
	}{
		{"a dot segment", "/posts/../secret/", 400, "bad-path"},
		{"an encoded dot segment", "/posts/%2e%2e/secret/", 400, "bad-path"},
		{"a half-encoded dot segment", "/posts/.%2E/secret/", 400, "bad-path"},
		{"a single dot", "/posts/./tea/", 400, "bad-path"},
		{"an encoded slash in place of one", "/posts%2ftea/", 400, "bad-path"},
		{"a climb behind an encoded slash", "/posts/..%2F..%2Fadmin", 400, "bad-path"},
		{"an encoded backslash", "/posts/tea%5c", 400, "bad-path"},
		{"a backslash", "/posts/tea\\", 400, "bad-path"},
		{"dots before parameters", "/posts/..;/admin/", 400, "bad-path"},
		{"a dot at the end", "/posts/tea./", 400, "bad-path"},
		{"a space at the end", "/posts/tea%20/", 400, "bad-path"},
		{"a slash encoded twice", "/posts/tea%252f/", 400, "bad-path"},
		{"two slashes in a row", "/posts//tea/", 404, "no-route"},
		{"two slashes at the end", "/posts/tea//", 404, "no-route"},
		{"two slashes under a wildcard", "/files/a//b", 404, "no-route"},
		{"a NUL byte", "/posts/tea%00/", 400, "bad-path"},
		{"a line break", "/posts/tea%0d%0aX:/", 400, "bad-path"},
		{"a broken encoding", "/posts/%zz/", 400, "bad-path"},
		{"an encoding cut short", "/posts/%2", 400, "bad-path"},
		{"a URL that is too long", "/posts/?tag=" + strings.Repeat("a", 8200), 414, "url-too-long"},
		{"a path that is too long", "/files/" + strings.Repeat("a", 8200), 414, "url-too-long"},
		{"a path without a route", "/nowhere/", 404, "no-route"},
		{"a path of Larder's own that is none", "/_larder/nothing", 404, "no-operation"},
	}
	for _, test := range tests {
		for _, method := range []string{"GET", "HEAD", "POST"} {
			t.Run(method+" with "+test.name, func(t *testing.T) {
				e := newEdge(t)
				e.says(200, before)
				r := e.request(method, test.uri, "", "Origin: https://site.example")
				r.want(test.status, anything, anything)
				r.wantHeader("Access-Control-Allow-Origin", "https://site.example")
				if method != "HEAD" {
					r.wantProblem(test.status, test.problem)
				} else if r.body != "" {
					t.Errorf("the body is %q", r.body)
				}
				e.wantAsked(0)
			})
		}
	}
}

// The origin's own headers would be in a TRACE's answer (RFC 9110 §9.3.8).
func TestTRACEAndCONNECTAreNeverPassedOn(t *testing.T) {
	for _, method := range []string{"TRACE", "trace", "TRACK", "CONNECT"} {
		for _, uri := range []string{"/posts/tea/", "/posts/tea/?preview=1", "/nowhere/", "/_larder/purge"} {
			t.Run(method+" "+uri, func(t *testing.T) {
				e := newEdgeWith(t, strings.Replace(testConfig, `"unmatched": "reject"`, `"unmatched": "pass"`, 1))
				e.says(200, before)
				r := e.request(method, uri, "")
				r.wantProblem(405, "method-not-allowed")
				r.wantHeader("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, QUERY")
				e.wantAsked(0)
			})
		}
	}
}

// A customer whose base URL ends with a slash is still served, and nothing is
// stored that a purge of the path would not find.
func TestAPathWithAnEmptySegmentPassesThroughWhereWhatMatchesNoRouteMay(t *testing.T) {
	e := newEdgeWith(t, strings.Replace(testConfig, `"unmatched": "reject"`, `"unmatched": "pass"`, 1))
	for _, uri := range []string{"//posts/tea/", "/posts//tea/", "/files//a"} {
		e.says(200, before)
		e.get(uri).want(200, before, "Larder; fwd=bypass; fwd-status=200; detail=no-route")
		if got := e.lastAsked().Path; got != uri {
			t.Errorf("the origin is asked for %q", got)
		}
	}
}
