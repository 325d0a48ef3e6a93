package handlers

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"larder/origin"
)

func TestRequestsPassThroughUnchanged(t *testing.T) {
	tests := []struct {
		name, method, uri, body string
		path, query             string
		cacheStatus             string
	}{
		{"a preview", "GET", "/posts/tea/?preview=1&utm=x", "", "/posts/tea/", "preview=1&utm=x", "Larder; fwd=bypass; fwd-status=201"},
		{"a POST", "POST", "/posts/?x=%20", `{"a":1}`, "/posts/", "x=%20", "Larder; fwd=method; fwd-status=201"},
		{"a DELETE", "DELETE", "/posts/tea/", "", "/posts/tea/", "", "Larder; fwd=method; fwd-status=201"},
		{"an OPTIONS that is no preflight", "OPTIONS", "/posts/", "", "/posts/", "", "Larder; fwd=method; fwd-status=201"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			var body string
			e.does(func(r *origin.Request) (*origin.Response, error) {
				if r.Body != nil {
					data, err := io.ReadAll(r.Body)
					if err != nil {
						t.Error(err)
					}
					body = string(data)
				}
				return e.response(201, "made", "Set-Cookie: a=b", "Connection: X-Hop", "X-Hop: y", "Surrogate-Key: k"), nil
			})
			for range 2 {
				r := e.request(test.method, test.uri, test.body, "Cookie: c=d", "Connection: X-Own", "X-Own: z", "Accept: a/b")
				r.want(201, "made", test.cacheStatus)
				r.wantHeader("Set-Cookie", "a=b")
				r.wantNo("X-Hop", "Connection", "Surrogate-Key")
			}
			asked := e.lastAsked()
			if asked.Method != test.method || asked.Path != test.path || asked.Query != test.query || body != test.body {
				t.Errorf("the origin is asked %s %s?%s with %q", asked.Method, asked.Path, asked.Query, body)
			}
			if asked.Header.Get("Cookie") != "c=d" || asked.Header.Get("Accept") != "a/b" || asked.Header.Get("X-Own") != "" {
				t.Errorf("the origin gets %v", asked.Header)
			}
			e.wantAsked(2)
		})
	}
}

func TestFieldsForThisCacheArePassedToNoClient(t *testing.T) {
	internal := []string{"Surrogate-Key", "Surrogate-Control", "Larder-Cache-Control", "Cache-Tag", "Xkey"}
	var lines []string
	for _, name := range internal {
		lines = append(lines, name+": max-age=60")
	}
	lines = append(lines, "CDN-Cache-Control: max-age=5", "Cache-Control: max-age=6") // are for others too
	e := newEdge(t)
	e.says(200, "x", lines...)
	for _, uri := range []string{"/posts/tea/?preview=1", "/open/a", "/open/a"} {
		r := e.get(uri)
		r.wantNo(internal...)
		r.wantHeader("Cdn-Cache-Control", "max-age=5")
		r.wantHeader("Cache-Control", "max-age=6")
	}
	r := e.request("POST", "/posts/", "{}")
	r.wantNo(internal...)
}

func TestAPassedRequestInAnOutage(t *testing.T) {
	e := newEdge(t)
	e.fails(errors.Join(errRefused, errors.New("secret inside")))
	r := e.request("POST", "/posts/", "{}")
	r.wantProblem(503, "origin-unavailable")
	if containsFold(r.body, "secret") {
		t.Errorf("the client gets %q", r.body)
	}
}

func TestARequestWithoutARoutePassesThroughIfConfigured(t *testing.T) {
	e := newEdgeWith(t, strings.Replace(testConfig, `"reject"`, `"pass"`, 1))
	e.says(200, "x")
	for range 2 {
		e.get("/nowhere/?a=b").want(200, "x", "Larder; fwd=bypass; fwd-status=200; detail=no-route")
	}
	e.wantAsked(2)
}

func TestANotModifiedPassesThroughWithItsLength(t *testing.T) {
	e := newEdge(t)
	e.app.abort = func() { t.Error("the answer is broken off") }
	e.says(304, "", "Content-Length: 1234", `Etag: "v1"`)
	e.get("/posts/tea/?preview=1", `If-None-Match: "v1"`).want(304, "", anything)
}

// HTTP/2 needs neither Content-Length nor Transfer-Encoding (RFC 9113 §8.1).
func TestAnUnannouncedBodyIsPassedOn(t *testing.T) {
	for _, test := range []struct{ method, uri, body string }{
		{"POST", "/posts/", "a form"},
		{"PATCH", "/posts/tea/", strings.Repeat("large", 20_000)},
		{"DELETE", "/posts/tea/", "a reason"},
		{"GET", "/posts/tea/?preview=1", "a question"},
		{"POST", "/posts/", ""},
	} {
		t.Run(test.method+" "+test.uri, func(t *testing.T) {
			e := newEdge(t)
			var body string
			e.does(func(r *origin.Request) (*origin.Response, error) {
				if r.Body != nil {
					data, err := io.ReadAll(r.Body)
					if err != nil || len(data) == 0 {
						t.Errorf("a body of %d bytes, %v", len(data), err)
					}
					body = string(data)
				}
				return e.response(200, before), nil
			})
			e.unannounced(test.method, test.uri, test.body).want(200, before, anything)
			if body != test.body {
				t.Errorf("the origin gets %d bytes, not %d", len(body), len(test.body))
			}
		})
	}
}

// RFC 9110 §9.3.1: content of a GET has no meaning, and so it must not change an
// answer that is stored.
func TestABodyOfAGETThatIsCachedGoesNowhere(t *testing.T) {
	e := newEdge(t)
	e.does(func(r *origin.Request) (*origin.Response, error) {
		if r.Body != nil || len(r.Content) > 0 {
			t.Error("the origin gets a body")
		}
		return e.response(200, before), nil
	})
	e.request("GET", "/posts/tea/", "evil").want(200, before, anything)
	e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
}

func TestALargeHeaderIsTheClientsOwnAffair(t *testing.T) {
	large := strings.Repeat("x", 8<<10)
	for path, name := range map[string]string{"/open/%d": "X-Large", "/posts/%d/": "Accept-Language"} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.fails(errRefused)
			for i := range 20 {
				e.get(fmt.Sprintf(path, i), name+": "+large).want(503, anything, `Larder; fwd=bypass; detail="header-too-large; origin-unreachable"`)
			}
			e.says(200, before)
			e.get(fmt.Sprintf(path, 20)).want(200, before, anything)
			e.get(fmt.Sprintf(path, 21), "X-Unlisted-Here: "+large[:100]).want(200, before, anything)
		})
	}
	t.Run("that does not reach the origin", func(t *testing.T) {
		e := newEdge(t)
		e.says(200, before)
		e.get("/posts/tea/", "X-Large: "+large).want(200, before, aMiss)
	})
}
