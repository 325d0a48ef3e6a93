package handlers

import (
	"slices"
	"strings"
	"testing"
	"time"
)

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
			e.pass(landingTime)
			e.says(test.status, "", test.lines...)
			e.request("PUT", "/posts/tea/", "{}").want(test.status, "", anything)
			e.wantAsked(1)
			e.says(200, after)
			want := before
			if test.stale {
				want = after
			}
			e.get("/posts/tea/").want(200, want, anything)
			e.get("/posts/milk/").want(200, before, "Larder; hit; ttl=3599")
		})
	}
}

// storedURLs have an entry before an unsafe request. Groups are those that they
// belong to.
var storedURLs = []struct{ uri, groups string }{
	{"/open/a", ""},
	{"/open/a?x=1", ""},
	{"/open/b", `"one"`},
	{"/open/dir/c", `"one", "two"`},
	{"/posts/tea/", ""},
}

func (e *edge) storeAll() {
	e.t.Helper()
	for _, k := range storedURLs {
		lines := []string{aMinute}
		if k.groups != "" {
			lines = append(lines, "Cache-Groups: "+k.groups)
		}
		e.says(200, before, lines...)
		e.get(k.uri).want(200, before, "Larder; fwd=uri-miss; fwd-status=200; stored")
	}
}

// wantStale checks that these URLs are fetched anew, and no others.
func (e *edge) wantStale(stale ...string) {
	e.t.Helper()
	e.says(200, after, aMinute)
	for _, k := range storedURLs {
		want := before
		if slices.Contains(stale, k.uri) {
			want = after
		}
		if r := e.get(k.uri); r.status != 200 || r.body != want {
			e.t.Errorf("%s is answered with %d %s; %s", k.uri, r.status, r.body, r.header.Get("Cache-Status"))
		}
	}
}

func TestWhatAnUnsafeRequestInvalidates(t *testing.T) {
	tests := []struct {
		name, method, uri string
		status            int
		lines             []string
		stale             []string
	}{
		{"a PUT its own URL", "PUT", "/open/a", 204, nil, []string{"/open/a"}},
		{"a POST", "POST", "/open/a", 200, nil, []string{"/open/a"}},
		{"a PATCH", "PATCH", "/open/a", 200, nil, []string{"/open/a"}},
		{"a DELETE", "DELETE", "/open/a", 204, nil, []string{"/open/a"}},
		{"a method that is not known", "BREW", "/open/a", 200, nil, []string{"/open/a"}},
		{"its query counts", "PUT", "/open/a?x=1", 204, nil, []string{"/open/a?x=1"}},
		{"a URL without an entry", "PUT", "/open/z", 201, nil, nil},
		{"a URL without a route", "POST", "/open/", 201, []string{"Location: /open/b"}, []string{"/open/b"}},
		{"a path, in Location", "POST", "/open/a", 201, []string{"Location: /open/b"}, []string{"/open/a", "/open/b"}},
		{"a relative path", "POST", "/open/a", 201, []string{"Location: dir/c"}, []string{"/open/a", "/open/dir/c"}},
		{"a query", "POST", "/open/a", 201, []string{"Location: ?x=1"}, []string{"/open/a", "/open/a?x=1"}},
		{"a fragment is no part of it", "POST", "/open/a", 201, []string{"Location: /open/b#end"}, []string{"/open/a", "/open/b"}},
		{"not where a redirection leads", "POST", "/open/a", 302, []string{"Location: /open/b", "Content-Location: /posts/tea/"}, []string{"/open/a"}},
		{"a URL", "POST", "/open/a", 201, []string{"Location: https://edge.example/open/b"}, []string{"/open/a", "/open/b"}},
		{"a URL with the usual port", "POST", "/open/a", 201, []string{"Location: https://edge.example:443/open/b"}, []string{"/open/a", "/open/b"}},
		{"a URL as the origin knows it, by http", "POST", "/open/a", 201, []string{"Location: http://edge.example/open/b"}, []string{"/open/a", "/open/b"}},
		{"a URL of another route", "POST", "/open/a", 201, []string{"Location: /posts/tea"}, []string{"/open/a", "/posts/tea/"}},
		{"Content-Location", "PUT", "/open/a", 200, []string{"Content-Location: /open/b"}, []string{"/open/a", "/open/b"}},
		{"both", "POST", "/open/a", 201, []string{"Location: /open/b", "Content-Location: /open/dir/c"}, []string{"/open/a", "/open/b", "/open/dir/c"}},
		{"not another site", "POST", "/open/a", 201, []string{"Location: https://other.example/open/b", "Content-Location: //other.example/open/b"}, []string{"/open/a"}},
		{"not another port", "POST", "/open/a", 201, []string{"Location: https://edge.example:8443/open/b"}, []string{"/open/a"}},
		{"not what is no URL", "POST", "/open/a", 201, []string{"Location: https://%zz/open/b"}, []string{"/open/a"}},
		{"not Larder's own paths", "POST", "/open/a", 201, []string{"Location: /_larder/purge"}, []string{"/open/a"}},
		{"a group", "POST", "/open/a", 200, []string{`Cache-Group-Invalidation: "two"`}, []string{"/open/a", "/open/dir/c"}},
		{"a group of several", "POST", "/open/z", 200, []string{`Cache-Group-Invalidation: "one"`}, []string{"/open/b", "/open/dir/c"}},
		{"several groups", "POST", "/open/z", 200, []string{`Cache-Group-Invalidation: "two", "none"`, `Cache-Group-Invalidation: "one"`}, []string{"/open/b", "/open/dir/c"}},
		{"not a group in another case", "POST", "/open/z", 200, []string{`Cache-Group-Invalidation: "One"`}, nil},
		{"not what is no list of strings", "POST", "/open/z", 200, []string{"Cache-Group-Invalidation: one"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.storeAll()
			e.says(test.status, "", test.lines...)
			e.request(test.method, test.uri, "{}").want(test.status, "", anything)
			e.wantStale(test.stale...)
		})
	}
}

func TestWhatInvalidatesNothing(t *testing.T) {
	lines := []string{"Location: /open/b", "Content-Location: /posts/tea/", `Cache-Group-Invalidation: "one", "two"`}
	tests := []struct {
		name, method, uri string
		status            int
	}{
		{"a request that is refused", "PUT", "/open/a", 403},
		{"a request for what is not there", "DELETE", "/open/a", 404},
		{"a request in conflict", "PUT", "/open/a", 409},
		{"a request that fails", "POST", "/open/a", 500},
		{"a request during an outage", "POST", "/open/a", 503},
		{"an OPTIONS", "OPTIONS", "/open/a", 200},
		{"a GET that is fetched", "GET", "/open/z", 200},
		{"a GET that is passed", "GET", "/posts/tea/?preview=1", 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.storeAll()
			e.says(test.status, "", lines...)
			e.request(test.method, test.uri, "").want(test.status, "", anything)
			e.wantStale()
		})
	}
	t.Run("a request without an answer", func(t *testing.T) {
		e := newEdge(t)
		e.storeAll()
		e.fails(errRefused)
		e.request("PUT", "/open/a", "{}").wantProblem(503, "origin-unavailable")
		e.wantStale()
	})
}

// Answers to other methods than GET are answers for the same URL.
func TestAnUnsafeRequestInvalidatesAnswersToEveryMethod(t *testing.T) {
	const path = `"path": "/ask/", `
	tests := []struct{ name, method, routes string }{
		{"QUERY alone", "QUERY", `{"name": "ask", ` + path + `"methods": ["QUERY"]},`},
		{"HEAD alone", "HEAD", `{"name": "ask", ` + path + `"methods": ["HEAD"]},`},
		{"GET and QUERY on routes of their own", "QUERY", `{"name": "ask", ` + path + `"methods": ["QUERY"], "query": {"x": null}},
			{"name": "get", ` + path + `"methods": ["GET"]},`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdgeWith(t, strings.Replace(testConfig, `"routes": [`, `"routes": [`+test.routes, 1))
			ask := func(status string) {
				t.Helper()
				e.request(test.method, "/ask/?x=1", "a", "Content-Type: text/plain").want(200, anything, status)
			}
			e.says(200, before)
			ask("Larder; fwd=uri-miss; fwd-status=200; stored")
			ask("Larder; hit; ttl=3600")
			e.says(204, "")
			e.request("PUT", "/ask/?x=1", "{}").want(204, "", anything)
			e.says(200, after)
			ask("Larder; fwd=stale; fwd-status=200; stored")
		})
	}
}

func TestEachURLIsInvalidatedOnce(t *testing.T) {
	e := newEdgeWith(t, queryConfig)
	e.says(204, "", "Location: /ask/?unlisted=1")
	purges := countedPurges{e.spy, map[string]int{}}
	e.useCache(purges)
	e.request("PUT", "/ask/", "{}").want(204, "", anything)
	if len(purges.of) == 0 {
		t.Error("nothing is purged")
	}
	for key, n := range purges.of {
		// One purge comes to the keys of the content twice; see package fence.
		if n > 2 {
			t.Errorf("%s is purged %d times", key, n)
		}
	}
}

func TestADeletedURLIsNotServedInAnOutage(t *testing.T) {
	tests := []struct {
		method, uri string
		served      bool
	}{
		{"DELETE", "/posts/tea/?auth_token=own", false},
		{"PUT", "/posts/tea/?auth_token=own", true},
		{"DELETE", "/posts/tea/", true}, // anybody may have sent it
	}
	for _, test := range tests {
		t.Run(test.method+" "+test.uri, func(t *testing.T) {
			e := newEdgeWith(t, tenantsConfig)
			e.fill(test.uri, before)
			e.says(204, "")
			e.request(test.method, test.uri, "").want(204, "", anything)
			e.fails(errRefused)
			if r := e.get(test.uri); test.served {
				r.want(200, before, anything)
			} else {
				r.wantProblem(503, "origin-unavailable")
			}
		})
	}
}

func TestWithoutTenantsADeleteMakesItsURLStale(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.fill("/posts/tea/", before)
	v.pass(time.Minute)
	v.says(204, "")
	v.request("DELETE", "/posts/tea/", "").want(204, "", anything)
	v.fails(errRefused)
	v.get("/posts/tea/").want(200, before, anything)
	v.cold()
	v.get("/posts/tea/").wantCopy(before, "vault-superseded")
	v.pass(rememberedTime)
	v.says(200, after)
	v.get("/posts/tea/").want(200, after, anything)
}

func TestUnsafeMethodsCanBeIgnored(t *testing.T) {
	v := newVaulted(t, strings.Replace(tenantsConfig, `"debug_header"`, `"unsafe_methods": "ignore", "debug_header"`, 1), "")
	uris := []string{"/posts/tea/?auth_token=own", "/open/b?auth_token=own", "/open/dir/c?auth_token=own"}
	for _, uri := range uris {
		v.says(200, before, aMinute, `Cache-Groups: "one"`)
		v.get(uri).want(200, before, anything)
	}
	v.pass(30 * time.Second)
	v.kv.Calls()
	for _, method := range []string{"POST", "DELETE", "BREW"} {
		v.says(200, "", "Location: /open/b", `Cache-Group-Invalidation: "one"`)
		v.request(method, "/posts/tea/?auth_token=own", "{}").want(200, "", anything)
	}
	if calls := v.kv.Calls(); len(calls) > 0 {
		t.Errorf("the KV Store is asked: %v", calls)
	}
	for _, uri := range uris {
		if r := v.get(uri); !strings.HasPrefix(r.header.Get("Cache-Status"), "Larder; hit;") {
			t.Errorf("%s: %v", uri, r.header["Cache-Status"])
		}
	}
}
