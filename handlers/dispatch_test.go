package handlers

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"larder/origin"
)

func TestRequestsThatAreRefused(t *testing.T) {
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
				r.want(test.status, "", "")
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

func TestEncodedSlashesDoNotLeaveTheirSegment(t *testing.T) {
	e := newEdge(t)
	e.says(200, before)
	e.get("/posts/a%2fb/", "Larder-Debug: 1").want(200, before, "")
	if got := e.lastAsked().Path; got != "/posts/a%2Fb/" {
		t.Errorf("the origin is asked for %q", got)
	}
	e.get("/posts/a%2Fb").want(200, before, "Larder; hit; ttl=3600")
	e.get("/posts/a/b/").wantProblem(404, "no-route")
	e.wantAsked(1)
}

func TestAPanicIsAProblemAndLeavesNothingOpen(t *testing.T) {
	states := map[string]func(e *edge){
		"on a miss":           func(*edge) {},
		"after a purge":       func(e *edge) { e.fill("/posts/tea/", before); e.purge(`"keys":["post:tea"]`) },
		"on a passed request": func(*edge) {},
	}
	for name, prepare := range states {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			prepare(e)
			e.does(func(*origin.Request) (*origin.Response, error) { panic("a mistake with a secret") })
			uri := "/posts/tea/"
			if name == "on a passed request" {
				uri += "?preview=1"
			}
			r := e.get(uri)
			r.wantProblem(500, "internal")
			if containsFold(r.body, "secret") {
				t.Errorf("the client is told %q", r.body)
			}
			e.says(200, after)
			e.get("/posts/tea/").want(200, after, "")
		})
	}
	t.Run("behind an answer", func(t *testing.T) {
		e := staleEdge(t)
		e.does(func(*origin.Request) (*origin.Response, error) { panic("a mistake") })
		e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=-30")
	})
}

func TestPassedRequests(t *testing.T) {
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
				resp := e.response(201, "", "Set-Cookie: a=b", "Connection: X-Hop", "X-Hop: y", "Surrogate-Key: k")
				resp.Body, resp.Remainder = nil, &rest{Reader: strings.NewReader("made")}
				return resp, nil
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

func TestAPassedRequestInAnOutage(t *testing.T) {
	e := newEdge(t)
	e.fails(errors.Join(errRefused, errors.New("secret inside")))
	r := e.request("POST", "/posts/", "{}")
	r.wantProblem(503, "origin-unavailable")
	if containsFold(r.body, "secret") {
		t.Errorf("the client is told %q", r.body)
	}
}

func TestAnUnsafeRequestMakesItsURLStale(t *testing.T) {
	tests := []struct {
		name   string
		status int
		lines  []string
		stale  bool
	}{
		{"that succeeds", 200, nil, true},
		{"that redirects", 303, nil, true},
		{"that is refused", 403, nil, false},
		{"that fails", 500, nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.fill("/posts/tea/", before)
			e.fill("/posts/milk/", before)
			e.says(test.status, "", test.lines...)
			e.request("PUT", "/posts/tea/", "{}").want(test.status, "", "")
			e.wantAsked(1)
			e.says(200, after)
			want := before
			if test.stale {
				want = after
			}
			e.get("/posts/tea/").want(200, want, "")
			e.get("/posts/milk/").want(200, before, "Larder; hit; ttl=3600")
		})
	}
}

func TestPreflightsAreAnsweredAtTheEdge(t *testing.T) {
	e := newEdge(t)
	e.says(200, before)
	r := e.request("OPTIONS", "/posts/", "", "Origin: https://site.example", "Access-Control-Request-Method: GET")
	r.want(204, "", "")
	r.wantHeader("Access-Control-Allow-Origin", "https://site.example")
	r.wantHeader("Access-Control-Allow-Headers", "Authorization")
	r.wantHeader("Access-Control-Max-Age", "3600")
	if !strings.Contains(r.header.Get("Access-Control-Allow-Methods"), "GET") {
		t.Errorf("the methods are %q", r.header.Get("Access-Control-Allow-Methods"))
	}
	e.request("OPTIONS", "/posts/", "", "Origin: https://evil.example", "Access-Control-Request-Method: GET").
		wantNo("Access-Control-Allow-Origin")
	e.wantAsked(0)
}

func TestCORSIsTheOperatorsWord(t *testing.T) {
	everyone := strings.Replace(testConfig, `["https://site.example"]`, `["*"]`, 1)
	tests := []struct {
		name, file, origin, allow string
		vary                      bool
	}{
		{"an allowed site", testConfig, "https://site.example", "https://site.example", true},
		{"another site", testConfig, "https://evil.example", "", true},
		{"the site with another scheme", testConfig, "http://site.example", "", true},
		{"no site", testConfig, "", "", true},
		{"any site where all are allowed", everyone, "https://evil.example", "*", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdgeWith(t, test.file)
			e.says(200, before, "Access-Control-Allow-Origin: https://origin.example", "Access-Control-Allow-Credentials: true")
			for range 2 { // miss and hit
				r := e.get("/posts/tea/", "Origin: "+test.origin)
				if got := r.header.Get("Access-Control-Allow-Origin"); got != test.allow {
					t.Errorf("Access-Control-Allow-Origin is %q, not %q", got, test.allow)
				}
				r.wantNo("Access-Control-Allow-Credentials")
				if got := strings.Contains(strings.Join(r.header["Vary"], ","), "Origin"); got != test.vary {
					t.Errorf("Vary is %q", r.header["Vary"])
				}
			}
			e.wantAsked(1)
		})
	}
}

func TestOneSitesAnswerIsNotKeptForAnother(t *testing.T) {
	e := newEdge(t)
	e.says(200, before)
	e.get("/posts/tea/", "Origin: https://site.example")
	e.get("/posts/tea/", "Origin: https://evil.example").wantNo("Access-Control-Allow-Origin")
	e.get("/posts/tea/", "Origin: https://site.example").wantHeader("Access-Control-Allow-Origin", "https://site.example")
	e.wantAsked(1)
}

func TestWithoutARouteARequestPassesThroughWhereItMay(t *testing.T) {
	e := newEdgeWith(t, strings.Replace(testConfig, `"reject"`, `"pass"`, 1))
	e.does(func(*origin.Request) (*origin.Response, error) {
		resp := e.response(http.StatusOK, "")
		resp.Body, resp.Remainder = nil, &rest{Reader: strings.NewReader("x")}
		return resp, nil
	})
	for range 2 {
		e.get("/nowhere/?a=b").want(200, "x", "Larder; fwd=bypass; fwd-status=200; detail=no-route")
	}
	e.wantAsked(2)
}

func TestANotModifiedPassesThroughWithItsLength(t *testing.T) {
	e := newEdge(t)
	e.app.abort = func() { t.Error("the answer is broken off") }
	e.does(func(*origin.Request) (*origin.Response, error) {
		r := e.response(304, "", "Content-Length: 1234", `Etag: "v1"`)
		r.Remainder = io.NopCloser(strings.NewReader(""))
		return r, nil
	})
	e.get("/posts/tea/?preview=1", `If-None-Match: "v1"`).want(304, "", "")
}

func TestABrowserMaySendEveryMethodThatARouteTakes(t *testing.T) {
	e := newEdge(t)
	r := e.request("OPTIONS", "/posts/", "", "Origin: https://site.example", "Access-Control-Request-Method: QUERY")
	r.want(204, "", "")
	r.wantHeader("Access-Control-Allow-Methods", "GET, HEAD, QUERY, POST, PUT, PATCH, DELETE, OPTIONS")
}

func TestAnAnswerInWhichLarderFailsIsBrokenOff(t *testing.T) {
	e := newEdge(t)
	broken := false
	e.app.abort = func() { broken = true }
	e.does(func(*origin.Request) (*origin.Response, error) {
		r := e.response(200, "")
		r.Remainder = panics{}
		return r, nil
	})
	e.get("/posts/tea/?preview=1").want(200, "", "")
	if !broken {
		t.Error("the client takes it for the whole")
	}
}

type panics struct{}

func (panics) Read([]byte) (int, error) { panic("for a test") }
func (panics) Close() error             { return nil }

func TestWhatStreams(t *testing.T) {
	tests := []struct {
		name, uri string
		lines     []string
		want      bool
	}{
		{"events", "/posts/tea/", []string{"Content-Type: text/event-stream; charset=utf-8"}, true},
		{"what is not kept and has no length", "/open/a", []string{"Cache-Control: no-store"}, true},
		{"what is for one client", "/open/a", []string{"Cache-Control: private"}, true},
		{"not what has a length", "/open/a", []string{"Cache-Control: no-store", "Content-Length: 3"}, false},
		{"not what may be kept", "/open/a", []string{aMinute}, false},
		{"not what has to be JSON", "/posts/tea/", []string{"Cache-Control: no-store"}, false},
	}
	for _, test := range tests {
		for _, method := range []string{"GET", "HEAD"} {
			t.Run(method+", "+test.name, func(t *testing.T) {
				e := newEdge(t)
				e.does(func(req *origin.Request) (*origin.Response, error) {
					if got := req.Streams(fields(test.lines...)); got != test.want {
						t.Errorf("streams: %t", got)
					}
					return e.response(200, before, test.lines...), nil
				})
				e.request(method, test.uri, "")
			})
		}
	}
}

func TestAnswersThatNobodyAskedForAreOfNoUse(t *testing.T) {
	e := newEdge(t)
	date := e.clock().Format(http.TimeFormat)
	e.says(200, before, "Last-Modified: "+date, "Date: "+date) // no strong validator
	e.get("/posts/tea/").want(200, before, "")
	e.pass(2 * time.Hour)
	e.does(func(req *origin.Request) (*origin.Response, error) {
		for _, status := range []int{304, 206, 600} {
			if err := req.Accept(e.response(status, "")); !errors.Is(err, errFrame) {
				t.Errorf("a %d is accepted: %v", status, err)
			}
		}
		return e.response(200, after), nil
	})
	e.get("/posts/tea/").want(200, after, "")
}
