package purge

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"larder/resource"
	"larder/surrogate"
)

// shop has routes of its own for GET and QUERY, and tenants.
const shop = tenants + `"purge":{"repeat":[],"fastly_api":{}},`

// shopEndpoint is endpoint with routes that read queries.
func shopEndpoint(t *testing.T, members string) (*Endpoint, *purger) {
	t.Helper()
	e, p := endpoint(t, members)
	cfg := parseConfig(t, `{`+members+`"origins":[{"name":"primary","host":"api.example"}],"routes":[
		{"name":"search","path":"/search/","methods":["QUERY"],"query":{"*":null}},
		{"name":"things","path":"/search/","query":{"page":"1"}},
		{"name":"post","path":"/posts/{slug}/","query":{"page":"1"}},
		{"name":"query","path":"/only/","methods":["QUERY"]}]}`)
	e.Config = cfg
	return e, p
}

// hashOf is the hash of a tenant's URL as content has it.
func hashOf(t *testing.T, e *Endpoint, prefix, method, target string) string {
	t.Helper()
	path, query, _ := strings.Cut(target, "?")
	i, vars := resource.Match(e.Config, method, path)
	if i < 0 {
		t.Fatalf("%s has no route", target)
	}
	r := resource.New(e.Config, &e.Config.Routes[i], vars, resource.Request{Path: path, Query: query, Host: "edge.example"})
	r.Tenant = resource.Tenant{ID: strings.Trim(prefix, "@:")}
	return r.URLHash()
}

func TestAURLPurgeReachesTheURLsOwnKeyAndLeaseAlone(t *testing.T) {
	first := prefixOf("first")
	get := func(prefix, target string) []string { return []string{prefix, "GET", target} }
	for _, c := range []struct {
		name, url string // below /purge/
		header    []string
		want      [][]string // tenant's prefix, method and target
	}{
		{"a host and a path", "edge.example/posts/a/", []string{"Larder-Tenant: anonymous"}, [][]string{get("", "/posts/a/")}},
		{"with a scheme", "https://edge.example/posts/a/", []string{"Larder-Tenant: anonymous"}, [][]string{get("", "/posts/a/")}},
		{"with a scheme whose slashes were merged", "HTTP:/edge.example/posts/a/", []string{"Larder-Tenant: anonymous"}, [][]string{get("", "/posts/a/")}},
		{"with a query", "https://edge.example/posts/a/?auth_token=first&page=2", nil, [][]string{get(first, "/posts/a/?page=2")}},
		{"without the slash at its end", "edge.example/posts/a", []string{"Larder-Tenant: anonymous"}, [][]string{get("", "/posts/a/")}},
		{"a parameter that is not listed", "edge.example/posts/a/?utm=x", []string{"Larder-Tenant: anonymous"}, [][]string{get("", "/posts/a/")}},
		{"the credential in the URL", "edge.example/posts/a/?auth_token=first", nil, [][]string{get(first, "/posts/a/")}},
		{"two tenants", "edge.example/posts/a/?auth_token=first", []string{"Larder-Tenant: anonymous"}, [][]string{get("", "/posts/a/"), get(first, "/posts/a/")}},
		{"the same tenant twice", "edge.example/posts/a/?auth_token=first", []string{"Larder-Tenant: " + surrogate.TenantID("first")}, [][]string{get(first, "/posts/a/")}},
		{"routes for two methods", "edge.example/search/?a=b", []string{"Larder-Tenant: anonymous"}, [][]string{get("", "/search/"), {"", "QUERY", "/search/?a=b"}}},
		{"a route for QUERY alone", "edge.example/only/", []string{"Larder-Tenant: anonymous"}, [][]string{{"", "QUERY", "/only/"}}},
		{"no route", "edge.example/nowhere", []string{"Larder-Tenant: anonymous"}, nil},
		{"a host alone", "edge.example", []string{"Larder-Tenant: anonymous"}, nil},
	} {
		for kind, header := range map[string]string{"soft": "Fastly-Soft-Purge: 1", "hard": "Fastly-Soft-Purge: 0"} {
			t.Run(kind+" "+c.name, func(t *testing.T) {
				e, p := shopEndpoint(t, shop)
				answer, later, err := FastlyAPI{e}.Serve(context.Background(), post("/purge/"+c.url, append(c.header, header)...).request(t))
				if err != nil {
					t.Fatal(err)
				}
				if got := text(t, answer); got != okID || later == nil {
					t.Errorf("the answer is %s", got)
				}
				var content, leases, negatives []string
				for _, w := range c.want {
					hash := hashOf(t, e, w[0], w[1], w[2])
					leases = append(leases, kind+" "+surrogate.URLLeaseKey(hash))
					negatives = append(negatives, "hard "+surrogate.URLNegativeKey(hash))
					content = append(content, kind+" "+surrogate.URLKey(hash))
				}
				want := slices.Concat(leases, negatives, content, content)
				if !slices.Equal(p.purged, want) {
					t.Errorf("it purges %q, want %q", p.purged, want)
				}
			})
		}
	}
}

func TestTheMethodPURGEPurgesItsOwnURL(t *testing.T) {
	e, p := shopEndpoint(t, shop)
	lines := recordedBy(t, e)
	r := apiCall{method: "PURGE", path: "/posts/a/?page=2&auth_token=first"}.request(t)
	answer, _, err := Method{e}.Serve(context.Background(), r)
	if err != nil || text(t, answer) != okID {
		t.Fatalf("%v, %v", answer, err)
	}
	if want := "soft " + surrogate.URLKey(hashOf(t, e, prefixOf("first"), "GET", "/posts/a/?page=2")); !slices.Contains(p.purged, want) {
		t.Errorf("it purges %q, want %s", p.purged, want)
	}
	if got := lines.String(); !strings.Contains(got, `"source":"PURGE"`) || !strings.Contains(got, `"url":"/posts/a/"`) || strings.Contains(got, "first") {
		t.Errorf("the line is %s", got)
	}
	p.purged = nil
	for _, header := range []string{"Fastly-Key: ", "Fastly-Key: wrong", "Fastly-Key: older2"} {
		r := apiCall{method: "PURGE", path: "/posts/a/?auth_token=first", header: []string{header}}.request(t)
		if _, _, err := (Method{e}).Serve(context.Background(), r); err == nil || len(p.purged) > 0 {
			t.Errorf("%s: %v, it purges %q", header, err, p.purged)
		}
	}
}

// Where origins get the client's own Host, it is a part of each URL.
func TestAURLPurgeIsForTheHostThatItNames(t *testing.T) {
	cfg := parseConfig(t, `{"purge":{"fastly_api":{}},"origins":[{"name":"primary"}],"routes":[{"name":"all","path":"/{path...}"}]}`)
	e, p := endpoint(t, api)
	e.Config = cfg
	hash := func(host string) string {
		r := resource.New(cfg, &cfg.Routes[0], []string{"a"}, resource.Request{Path: "/a", Host: host})
		return r.URLHash()
	}
	for _, host := range []string{"one.example", "TWO.example:8443"} {
		p.purged = nil
		if _, _, err := (FastlyAPI{e}).Serve(context.Background(), post("/purge/"+host+"/a").request(t)); err != nil {
			t.Fatal(err)
		}
		if want := "soft " + surrogate.URLKey(hash(host)); !slices.Contains(p.purged, want) {
			t.Errorf("%s: it purges %q, want %s", host, p.purged, want)
		}
	}
}

func TestAURLPurgeReachesTheVaultsCopies(t *testing.T) {
	v := newVaultedFor(t, api)
	r := resource.New(v.Config, &v.Config.Routes[0], []string{"a"}, resource.Request{Path: "/a"})
	key := surrogate.URLKey(r.URLHash())
	v.save(key)
	v.save("another")
	v.pass(time.Minute)
	if _, _, err := (FastlyAPI{v.Endpoint}).Serve(context.Background(), post("/purge/edge.example/a", "Fastly-Soft-Purge: 0").request(t)); err != nil {
		t.Fatal(err)
	}
	if got, other := v.copies(key), v.copies("another"); got != "none" || other != "current" {
		t.Errorf("the copy of the URL is %s, another one is %s", got, other)
	}
}

func TestAURLPurgeNamesAFewTenantsAtMost(t *testing.T) {
	e, p := shopEndpoint(t, shop)
	var ids []string
	for i := range e.maxKeys() + 1 {
		ids = append(ids, surrogate.TenantID(fmt.Sprint("tenant ", i)))
	}
	_, _, err := FastlyAPI{e}.Serve(context.Background(), post("/purge/edge.example/posts/a/", "Larder-Tenant: "+strings.Join(ids, " ")).request(t))
	if err == nil || !strings.Contains(err.Error(), "tenants; at most") || len(p.purged) > 0 {
		t.Errorf("%v, %d purges", err, len(p.purged))
	}
}

func FuzzParseURL(f *testing.F) {
	for _, seed := range []string{"edge.example/a", "https://e/a?b=c", "http:/e", "e%2Fa%3Fb", "%", "//", "a@b/c", "https:", "HTTPS://", "e?x=/y"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, err := parseURL(text)
		if err != nil {
			return
		}
		if u.host == "" || strings.ContainsAny(u.host, "/?%") || !strings.HasPrefix(u.path, "/") || strings.Contains(u.path, "?") {
			t.Errorf("%q is %+v", text, u)
		}
	})
}
