package handlers

import (
	"net/http"
	"strings"
	"testing"

	"larder/purge"
)

// newAPIEdge returns an edge with Fastly's purge API.
func newAPIEdge(t *testing.T, file string) *edge {
	t.Helper()
	e := newEdgeWith(t, strings.Replace(file, `"purge": {`, `"purge": {"fastly_api": {}, `, 1))
	e.use(func(p *Parts) {
		endpoint := p.Operations[purge.Path].(*purge.Endpoint)
		p.Operations["/_larder/fastly/..."] = purge.FastlyAPI{Endpoint: endpoint}
		p.Purges = purge.Method{Endpoint: endpoint}
	})
	return e
}

const purgeKey = "Fastly-Key: operator"

func TestACallOfFastlysAPIMakesTheNextRequestGetTheEdit(t *testing.T) {
	for name, path := range map[string]string{
		"a key":                        "/service/abc/purge/post:tea",
		"a key with an encoded colon":  "/service/abc/purge/post%3atea",
		"everything":                   "/service/abc/purge_all",
		"a URL":                        "/purge/edge.example/posts/tea/",
		"a URL with a scheme":          "/purge/https://www.example/posts/tea/",
		"a URL without its last slash": "/purge/edge.example/posts/tea",
	} {
		for mode, field := range map[string]string{"soft": "Fastly-Soft-Purge: 1", "hard": "Fastly-Soft-Purge: 0"} {
			t.Run(mode+" "+name, func(t *testing.T) {
				e := newAPIEdge(t, testConfig)
				e.fill("/posts/tea/", before)
				e.fill("/posts/milk/", `{"data":{"slug":"milk"}}`)
				r := e.request(http.MethodPost, "/_larder/fastly"+path, "", purgeKey, field)
				r.want(200, anything, anything)
				r.wantHeader("Larder-Request-Id", "request-1")
				e.says(200, after)
				e.get("/posts/tea/").want(200, after, anything)
				e.wantAsked(1)
				if name != "everything" {
					e.get("/posts/milk/").want(200, `{"data":{"slug":"milk"}}`, anything)
					e.wantAsked(0)
				}
				e.fails(errRefused)
				e.request(http.MethodPost, "/_larder/fastly"+path, "", purgeKey, field).want(200, anything, anything)
				e.pass(rememberedTime)
				if got := e.get("/posts/tea/").status; (got == 503) != (mode == "hard") {
					t.Errorf("in an outage the purged page is answered with %d", got)
				}
			})
		}
	}
}

// Every variant of a URL has its key.
func TestAURLPurgeReachesAllVariants(t *testing.T) {
	e := newAPIEdge(t, testConfig)
	e.variants("Accept-Language")
	for _, language := range []string{"de", "en"} {
		e.get("/posts/tea/", "Accept-Language: "+language)
	}
	e.wantAsked(2)
	e.request("PURGE", "/posts/tea/", "", purgeKey).want(200, `{"status":"ok","id":"request-1"}`+"\n", anything)
	for _, language := range []string{"de", "en"} {
		e.get("/posts/tea/", "Accept-Language: "+language)
	}
	e.wantAsked(2)
}

func TestPURGEReachesTheTenantsThatItNamesAlone(t *testing.T) {
	for _, c := range []struct {
		query, line string
		fetched     []string
	}{
		{"?auth_token=own", purgeKey, []string{"own", "own, in a header"}},
		{"", "Larder-Tenant: anonymous", []string{"anonymous"}},
		{"?auth_token=own", "Larder-Tenant: anonymous", []string{"own", "own, in a header", "anonymous"}},
	} {
		e := newAPIEdge(t, tenantsConfig)
		e.says(200, before)
		for _, client := range tenantClients {
			e.get("/posts/tea/"+client[0], client[1])
		}
		e.request("PURGE", "/posts/tea/"+c.query, "", purgeKey, c.line).want(200, anything, anything)
		e.wantFetched("/posts/tea/", c.fetched...)
	}
	e := newAPIEdge(t, tenantsConfig)
	e.request("PURGE", "/posts/tea/", "", purgeKey).wantProblem(400, "no-tenant")
	// A credential in the header is not the URL's.
	e.request("PURGE", "/posts/tea/", "", purgeKey, "Authorization: own").wantProblem(400, "no-tenant")
}

func TestPURGENeverReachesAnOrigin(t *testing.T) {
	e := newAPIEdge(t, strings.Replace(testConfig, `"reject"`, `"pass"`, 1))
	e.fill("/posts/tea/", before)
	for _, method := range []string{"PURGE", "purge", "Purge"} {
		for _, uri := range []string{"/posts/tea/", "/posts/tea/?preview=1", "/elsewhere", "/open/a", "/"} {
			for _, key := range []string{"X: y", "Fastly-Key: ", "Fastly-Key: wrong", "Authorization: Bearer wrong"} {
				r := e.request(method, uri, "", key)
				r.wantProblem(401, "unauthorized")
				if !strings.Contains(r.body, `"msg":"Provided credentials are missing or invalid"`) {
					t.Errorf("the body is %s", r.body)
				}
			}
			e.request(method, uri, "", purgeKey).want(200, anything, anything)
		}
		for _, uri := range []string{"/posts/../a", "/posts/tea%2Fb", "/posts/%zz"} {
			e.request(method, uri, "", purgeKey).wantProblem(400, "bad-path")
		}
		e.request(method, purge.Path, "", purgeKey).wantProblem(405, "method-not-allowed")
		e.request(method, "/_LARDER/x", "", purgeKey).wantProblem(404, "no-operation")
	}
	e.wantAsked(0)
}

func TestWithoutFastlysAPIPURGEIsAnUnsafeMethodLikeAnyOther(t *testing.T) {
	e := newEdge(t)
	e.says(204, "")
	e.request("PURGE", "/posts/tea/", "", purgeKey).want(204, "", anything)
	e.wantAsked(1)
	e.request(http.MethodPost, "/_larder/fastly/service/abc/purge_all", "", purgeKey).wantProblem(404, "no-operation")
	e.wantAsked(0)
}

// Only the one spelling of the prefix is the API, and no other reaches an origin.
func TestTheAPIsPathsAreTakenAsTheyAreSent(t *testing.T) {
	e := newAPIEdge(t, testConfig)
	e.says(200, before)
	for _, c := range []struct {
		path    string
		status  int
		problem string
	}{
		{"/_larder/fastly/service/abc/purge/a%2Fb", 200, ""},
		{"/_larder/fastly/service/abc/purge/../../x", 200, ""}, // a key
		{"/_larder/fastly/service/abc/purge/%00%0A", 200, ""},  // likewise, and escaped
		{"/_larder/fastly/service/abc/purge/%", 400, "bad-purge"},
		{"/_larder/fastly/../purge", 404, "no-operation"},
		{"/_larder/fastly/", 404, "no-operation"},
		{"/_larder/fastly", 404, "no-operation"},
		{"/_larder/fastly%2Fservice/abc/purge_all", 400, "bad-path"},
		{"/_larder/%66astly/service/abc/purge_all", 404, "no-operation"},
		{"/%5Flarder/fastly/service/abc/purge_all", 404, "no-operation"},
		{"/_LARDER/fastly/service/abc/purge_all", 404, "no-operation"},
		{"/_larder/Fastly/service/abc/purge_all", 404, "no-operation"},
		{"//_larder/fastly/service/abc/purge_all", 404, "no-operation"},
		{"/_larder//fastly/service/abc/purge_all", 404, "no-operation"},
		{"/x/_larder/fastly/service/abc/purge_all", 404, "no-operation"},
		{"/_larder/fastlyx/service/abc/purge_all", 404, "no-operation"},
	} {
		r := e.request(http.MethodPost, c.path, "", purgeKey)
		if c.problem == "" {
			r.want(c.status, anything, anything)
		} else {
			r.wantProblem(c.status, c.problem)
		}
	}
	e.wantAsked(0)
}
