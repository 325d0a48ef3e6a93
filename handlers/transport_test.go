package handlers

import (
	"strings"
	"testing"

	"larder/purge"
	"larder/shield"
)

// over returns the URI of a request over this scheme.
func over(scheme, uri string) string { return scheme + "://edge.example" + uri }

func TestCredentialsOverPlainHTTPAreRefused(t *testing.T) {
	for _, c := range []struct {
		name, method, uri string
		header            []string
		refused           bool
	}{
		{"a tenant's credential in the query", "GET", "/posts/?auth_token=first", nil, true},
		{"one with an encoded name", "GET", "/posts/?%61uth_token=first", nil, true},
		{"a tenant's credential in the header", "GET", "/posts/", []string{"Authorization: Bearer first"}, true},
		{"any Authorization", "GET", "/posts/tea/?preview=1", []string{"Authorization: Basic eA=="}, true},
		{"a credential with a POST", "POST", "/posts/?auth_token=first", nil, true},
		{"a credential for no route", "GET", "/nothing?auth_token=first", nil, true},
		{"a purge", "POST", purge.Path, []string{"Authorization: Bearer operator"}, true},
		{"a wrong purge token", "POST", purge.Path, []string{"Authorization: Bearer wrong"}, true},
		{"a Fastly-Key", "POST", purge.Path, []string{"Fastly-Key: key"}, true},
		{"a forged edge", "GET", "/posts/?auth_token=first", []string{"Larder-Edge: forged"}, true},

		{"no credential", "GET", "/posts/", nil, false},
		{"an empty credential", "GET", "/posts/?auth_token=", nil, false},
		{"another parameter", "GET", "/posts/?token=first", nil, false},
		{"a preflight", "OPTIONS", "/posts/", []string{"Origin: https://site.example", "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: Authorization"}, false},
		{"the health", "GET", HealthPath, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := newEdgeWith(t, tenantsConfig)
			e.app.operations[HealthPath] = Health{}
			e.says(200, before)
			got := e.request(c.method, over("http", c.uri), "", c.header...)
			if !c.refused {
				if got.status >= 400 {
					t.Errorf("got %d %s", got.status, got.body)
				}
				return
			}
			got.wantProblem(403, "plain-http")
			e.wantAsked(0)
			if containsFold(got.body, "first") || containsFold(strings.Join(e.logged, "\n"), "first") {
				t.Errorf("the credential is in %s or in %q", got.body, e.logged)
			}
			if got := e.request(c.method, over("https", c.uri), "", c.header...); got.status == 403 {
				t.Errorf("over HTTPS: %d %s", got.status, got.body)
			}
		})
	}
}

func TestARefusedCredentialGetsNothingOutOfTheCache(t *testing.T) {
	e := newEdgeWith(t, tenantsConfig)
	e.fill(over("https", "/posts/?auth_token=first"), before)
	e.get(over("http", "/posts/?auth_token=first")).wantProblem(403, "plain-http")
	e.get(over("https", "/posts/?auth_token=first")).want(200, before, anything)
	e.wantAsked(0)
}

func TestPlainHTTPWithACredentialCanBeAllowed(t *testing.T) {
	allowing := strings.Replace(tenantsConfig, `"debug_header"`, `"plain_http": "allow", "debug_header"`, 1)
	for name, e := range map[string]*edge{"by larder.json": newEdgeWith(t, allowing), "on a developer's machine": newEdgeWith(t, tenantsConfig)} {
		t.Run(name, func(t *testing.T) {
			e.use(func(p *Parts) { p.Local = name == "on a developer's machine" })
			e.says(200, before)
			e.get(over("http", "/posts/?auth_token=first")).want(200, before, anything)
			e.get(over("http", "/posts/"), "Authorization: Bearer first").want(200, before, anything)
		})
	}
}

func TestAnEdgeMayReachTheShieldOverPlainHTTP(t *testing.T) {
	s := newService(t, tenantsConfig)
	s.says(200, before)
	site := newSite(s.edge, false, func() ([]string, error) { return s.tokens, nil })
	field := shield.EdgeField + ": " + site.Backend().Headers[shield.EdgeField]
	got := s.get(over("http", "/posts/?auth_token=first"), field)
	if got.status != 200 || got.body != before {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestBrowsersAreToldToUseHTTPS(t *testing.T) {
	const year = "max-age=31536000"
	for _, c := range []struct {
		name, members, scheme, origin string
		want                          string
	}{
		{"over HTTPS", ``, "https", "", year},
		{"over plain HTTP (RFC 6797 §7.2)", ``, "http", "", ""},
		{"with another time", `"hsts": "2h",`, "https", "", "max-age=7200"},
		{"switched off", `"hsts": "0s",`, "https", "", ""},
		{"by the origin", ``, "https", "max-age=5; includeSubDomains", "max-age=5; includeSubDomains"},
		{"by the origin, switched off here", `"hsts": "0s",`, "https", "max-age=5", "max-age=5"},
		{"by the origin, over plain HTTP", ``, "http", "max-age=5", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := newEdgeWith(t, strings.Replace(testConfig, "{", "{"+c.members, 1))
			var lines []string
			if c.origin != "" {
				lines = []string{transportSecurity + ": " + c.origin}
			}
			e.says(200, before, lines...)
			for _, what := range []string{"fetched", "stored"} {
				got := e.get(over(c.scheme, "/posts/"))
				if values := got.header[transportSecurity]; strings.Join(values, "|") != c.want {
					t.Errorf("%s: the field is %q, want %q", what, values, c.want)
				}
			}
			e.wantAsked(1)
			if c.origin == "" {
				for _, uri := range []string{"/nowhere", "/posts/../", purge.Path} {
					got := e.get(over(c.scheme, uri))
					if value := got.header.Get(transportSecurity); got.status < 400 || value != c.want {
						t.Errorf("%s: %d with %q, want %q", uri, got.status, value, c.want)
					}
				}
			}
		})
	}
}

// An entry may be stored by one client and served to others over either scheme.
func TestTheSchemeOfOneRequestDoesNotShowInTheNext(t *testing.T) {
	e := newEdge(t)
	e.says(200, before)
	for range 2 {
		if got := e.get(over("https", "/posts/")); got.header.Get(transportSecurity) == "" {
			t.Error("over HTTPS the field is missing")
		}
		if got := e.get(over("http", "/posts/")); got.header[transportSecurity] != nil {
			t.Error("over plain HTTP the field is there")
		}
	}
	e.wantAsked(1)
}
