package handlers

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// clients of a service with tenants, by the query and the header line that make
// them a tenant's.
var tenantClients = map[string][2]string{
	"own":                {"?auth_token=own", "X: y"},
	"own, in a header":   {"", "Authorization: own"},
	"other":              {"?auth_token=other", "X: y"},
	"other, in a header": {"", "Authorization: other"},
	"anonymous":          {"", "X: y"},
}

// wantFetched checks for which clients a URL is fetched anew.
func (e *edge) wantFetched(path string, names ...string) {
	e.t.Helper()
	e.says(200, after)
	for name, client := range tenantClients {
		want := before
		if slices.Contains(names, name) {
			want = after
		}
		if r := e.get(path+client[0], client[1]); r.status != 200 || r.body != want {
			e.t.Errorf("%s: %s is answered with %d %s; %s", name, path, r.status, r.body, r.header.Get("Cache-Status"))
		}
	}
}

func TestAnUnsafeRequestChangesNothingOfOtherTenants(t *testing.T) {
	own, anonymous := []string{"own", "own, in a header"}, []string{"anonymous"}
	tests := []struct {
		name, method, query, line string
		status                    int
		lines                     []string
		fetched                   []string // of /posts/tea/, the request's own URL
		milk                      []string // of /posts/milk/
	}{
		{"an anonymous POST", "POST", "", "X: y", 200, nil, anonymous, nil},
		{"an anonymous POST that is redirected", "POST", "", "X: y", 302, []string{"Location: /posts/milk/"}, anonymous, nil},
		{"an anonymous DELETE", "DELETE", "", "X: y", 204, nil, anonymous, nil},
		{"an anonymous request with a made-up method", "BREW", "", "X: y", 200, nil, anonymous, nil},
		{"an anonymous POST that names another URL", "POST", "", "X: y", 201, []string{"Location: /posts/milk/"}, anonymous, anonymous},
		{"an anonymous POST that names another tenant's URL", "POST", "", "X: y", 201, []string{"Location: /posts/milk/?auth_token=other"}, anonymous, nil},
		{"a POST", "POST", "?auth_token=own", "X: y", 200, nil, own, nil},
		{"a POST with the credential in the header", "POST", "", "Authorization: own", 200, nil, own, nil},
		{"a DELETE", "DELETE", "?auth_token=own", "X: y", 204, nil, own, nil},
		{"a POST that names another URL", "POST", "?auth_token=own", "X: y", 201, []string{"Location: /posts/milk/"}, own, own},
		{"a POST that names another URL with its credential", "POST", "", "Authorization: own", 201, []string{"Location: /posts/milk/?auth_token=own"}, own, own},
		{"a POST that names another tenant's URL", "POST", "?auth_token=own", "X: y", 201, []string{"Content-Location: /posts/milk/?auth_token=other"}, own, nil},
		{"a POST that names a group", "POST", "?auth_token=own", "X: y", 200, []string{`Cache-Group-Invalidation: "milk"`}, own, own},
		{"an anonymous POST that names a group", "POST", "", "X: y", 200, []string{`Cache-Group-Invalidation: "milk"`}, anonymous, anonymous},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdgeWith(t, tenantsConfig)
			for _, client := range tenantClients {
				for _, path := range []string{"/posts/tea/", "/posts/milk/"} {
					e.says(200, before, fmt.Sprintf("Cache-Groups: %q", strings.Trim(strings.TrimPrefix(path, "/posts/"), "/")))
					e.get(path+client[0], client[1]).want(200, before, anything)
				}
			}
			e.pass(time.Second)
			e.says(test.status, "", test.lines...)
			e.request(test.method, "/posts/tea/"+test.query, "{}", test.line).want(test.status, "", anything)
			e.wantFetched("/posts/tea/", test.fetched...)
			e.wantFetched("/posts/milk/", test.milk...)
		})
	}
}

func TestADeleteRemovesNoOtherTenantsAnswer(t *testing.T) {
	v := newVaulted(t, tenantsConfig, "")
	for _, client := range tenantClients {
		v.says(200, before)
		v.get("/posts/tea/"+client[0], client[1]).want(200, before, anything)
	}
	v.pass(time.Minute)
	v.says(204, "")
	v.request("DELETE", "/posts/tea/?auth_token=own", "").want(204, "", anything)
	v.fails(errRefused)
	for range 2 {
		for name, client := range tenantClients {
			r := v.get("/posts/tea/"+client[0], client[1])
			if strings.HasPrefix(name, "own") {
				r.wantProblem(503, "origin-unavailable")
			} else {
				r.want(200, before, anything)
			}
		}
		v.cold() // the second time the vault answers
		v.pass(rememberedTime)
	}
}

// A fetch for another tenant goes on while a stranger writes to the same URL.
func TestAnUnsafeRequestEndsNoOtherTenantsLease(t *testing.T) {
	for _, method := range []string{"POST", "DELETE"} {
		e := newEdgeWith(t, tenantsConfig)
		e.duringFetch(func() {
			e.says(204, "")
			e.request(method, "/posts/tea/", "").want(204, "", anything)
			e.says(200, after)
		})
		e.get("/posts/tea/?auth_token=own").want(200, before, anything)
		e.get("/posts/tea/?auth_token=own").want(200, before, "Larder; hit; ttl=3600")
	}
}
