package handlers

import (
	"slices"
	"strings"
	"testing"

	"larder/origin"
)

// The edge of the tests has the pseudonym Larder-id1.
func TestARequestThatLoopsIsRefused(t *testing.T) {
	tests := []struct {
		name string
		line string
		want bool
	}{
		{"its own request", "Cdn-Loop: Larder-id1", true},
		{"its own request, with others and parameters", `Cdn-Loop: other; v=1, LARDER-ID1;a="b", another`, true},
		{"its own request, by one who claims to be an edge", "Cdn-Loop: Larder-id1\nLarder-Edge: forged", true},
		{"another cache", "Cdn-Loop: other, another", false},
		{"another service of Larder", "Cdn-Loop: Larder-id2, Larder", false},
		{"a name that only begins so", "Cdn-Loop: Larder-id11", false},
		{"nothing", "X: y", false},
	}
	for _, test := range tests {
		for _, uri := range []string{"/posts/tea/", "/open/a", "/posts/tea/?preview=1"} {
			t.Run(test.name+" for "+uri, func(t *testing.T) {
				e := newEdge(t)
				e.says(200, before, aMinute)
				r := e.get(uri, strings.Split(test.line, "\n")...)
				if !test.want {
					r.want(200, before, anything)
					return
				}
				r.wantProblem(508, "loop")
				e.wantAsked(0)
			})
		}
	}
}

// The origin leads back to the edge.
func TestALoopEndsAtItsSecondPass(t *testing.T) {
	for _, uri := range []string{"/posts/tea/", "/open/a", "/posts/tea/?preview=1"} {
		t.Run(uri, func(t *testing.T) {
			e := newEdge(t)
			var second reply
			e.does(func(r *origin.Request) (*origin.Response, error) {
				lines := []string{}
				for name, values := range r.Header {
					for _, value := range values {
						lines = append(lines, name+": "+value)
					}
				}
				second = e.get(uri, lines...)
				return e.response(second.status, second.body), nil
			})
			e.get(uri)
			second.wantProblem(508, "loop")
			e.wantAsked(1)
		})
	}
}

// The credential is Larder's to send there, and "plain-http" would be said to a
// client that uses HTTPS.
func TestALoopOverPlainHTTPIsALoop(t *testing.T) {
	e := newEdgeWith(t, tenantsConfig)
	e.get(over("http", "/posts/tea/?auth_token=own"), "CDN-Loop: Larder-id1").wantProblem(508, "loop")
	e.wantAsked(0)
}

// An origin that is a cache itself refuses a request that names it in CDN-Loop.
// No client can bring that about for others.
func TestAClientsCDNLoopReachesNoOriginInAFetch(t *testing.T) {
	for _, uri := range []string{"/posts/tea/", "/open/a"} {
		e := newEdge(t)
		e.says(200, before, aMinute)
		e.get(uri, "CDN-Loop: origin.example, another").want(200, before, anything)
		if got := e.lastAsked().Header["Cdn-Loop"]; !slices.Equal(got, []string{"Larder-id1"}) {
			t.Errorf("%s: CDN-Loop is %q", uri, got)
		}
	}
}

// What passes through is one client's alone, and RFC 8586 §2 holds to the
// letter: a loop through several caches has to end.
func TestWhatPassesThroughCarriesTheWholeCDNLoop(t *testing.T) {
	e := newEdge(t)
	e.says(200, before)
	e.get("/posts/tea/?preview=1", "CDN-Loop: one, two", "Connection: CDN-Loop").want(200, before, anything)
	if got := e.lastAsked().Header["Cdn-Loop"]; !slices.Equal(got, []string{"one, two", "Larder-id1"}) {
		t.Errorf("CDN-Loop is %q", got)
	}
}

// A client that names this service in CDN-Loop used to be served without the
// shield.
func TestNoClientSkipsTheShield(t *testing.T) {
	for _, line := range []string{"Cdn-Loop: Larder", "Cdn-Loop: Larder-id1", "Cdn-Loop: a, Larder, Larder"} {
		t.Run(line, func(t *testing.T) {
			s := newService(t, testConfig)
			one := s.quietPOP()
			s.says(200, before)
			one.says(200, before)
			one.get("/posts/tea/", line)
			one.wantAsked(0)
		})
	}
}
