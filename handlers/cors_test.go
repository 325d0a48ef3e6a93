package handlers

import (
	"strings"
	"testing"
)

func TestPreflightsAreAnsweredAtTheEdge(t *testing.T) {
	e := newEdge(t)
	e.says(200, before)
	r := e.request("OPTIONS", "/posts/", "", "Origin: https://site.example", "Access-Control-Request-Method: GET")
	r.want(204, "", anything)
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

func TestTheConfigurationAloneDecidesCORS(t *testing.T) {
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

func TestOneSitesCORSHeadersAreNotStoredForAnother(t *testing.T) {
	e := newEdge(t)
	e.says(200, before)
	e.get("/posts/tea/", "Origin: https://site.example")
	e.get("/posts/tea/", "Origin: https://evil.example").wantNo("Access-Control-Allow-Origin")
	e.get("/posts/tea/", "Origin: https://site.example").wantHeader("Access-Control-Allow-Origin", "https://site.example")
	e.wantAsked(1)
}

func TestABrowserMaySendEveryMethodThatARouteTakes(t *testing.T) {
	e := newEdge(t)
	r := e.request("OPTIONS", "/posts/", "", "Origin: https://site.example", "Access-Control-Request-Method: QUERY")
	r.want(204, "", anything)
	r.wantHeader("Access-Control-Allow-Methods", "GET, HEAD, QUERY, POST, PUT, PATCH, DELETE, OPTIONS")
}
