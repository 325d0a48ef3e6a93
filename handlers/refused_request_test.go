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

func TestEncodedSlashesDoNotLeaveTheirSegment(t *testing.T) {
	e := newEdge(t)
	e.says(200, before)
	e.get("/posts/a%2fb/", "Larder-Debug: 1").want(200, before, anything)
	if got := e.lastAsked().Path; got != "/posts/a%2Fb/" {
		t.Errorf("the origin is asked for %q", got)
	}
	e.get("/posts/a%2Fb").want(200, before, "Larder; hit; ttl=3600")
	e.get("/posts/a/b/").wantProblem(404, "no-route")
	e.wantAsked(1)
}
