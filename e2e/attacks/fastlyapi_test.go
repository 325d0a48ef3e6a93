package attacks

import (
	"net/http"
	"strings"

	"larder/surrogate"
)

// fastlyAPI is for clients with a token alone, whatever their paths look like.
func fastlyAPI() []attack {
	const path, prefix = "/things/tea/", "/_larder/fastly"
	queryA := path + "?auth_token=" + tenantA
	key, anonymous := "Fastly-Key: "+purgeToken, "Larder-Tenant: anonymous"
	call := func(path string, header ...string) request { return send(http.MethodPost, path, "", header...) }
	var all []attack
	// harmless is a request that purges nothing and reaches no origin.
	harmless := func(name string, sent request, want ...check) {
		all = append(all, attack{name, strict, mirror, steps{
			{get(path), must(status(200))},
			{get(queryA), must(status(200))},
			{sent, append(want, originGot(2))},
			{get(path), must(hit, same(0))},
			{get(queryA), must(hit, same(1))},
		}})
	}
	for _, header := range [][]string{
		{}, {"Fastly-Key: "}, {"Fastly-Key: guessed"}, {"Fastly-Key: " + strings.ToUpper(purgeToken)}, {"Fastly-Key: " + purgeToken + "0"}, {"Fastly-Key: Bearer " + purgeToken},
		{"Fastly-Key: guessed", key}, {"Authorization: " + purgeToken}, {"Fastly-Key: " + tenantA}, {"Fastly-Key: " + hookSecret}, {"Cookie: Fastly-Key=" + purgeToken},
	} {
		name := strings.ReplaceAll(strings.Join(header, " and "), purgeToken, "TOKEN")
		for what, target := range map[string]string{"a key": prefix + "/service/x/purge/thing:tea", "everything": prefix + "/service/x/purge_all", "a URL": prefix + "/purge/edge.example" + path} {
			harmless(what+" with "+name, call(target, append(header, anonymous)...), status(401, 429))
		}
		harmless("PURGE with "+name, send("PURGE", path, "", append(header, anonymous)...), status(401, 429))
	}
	harmless("PURGE over HTTP/2 without a token", h2("PURGE", path, "", anonymous), status(401, 429))
	for _, target := range []string{queryA, path + "?preview=1", "/nowhere", "/open/a", "/"} {
		for _, method := range []string{"PURGE", "purge", "Purge"} {
			harmless(method+" of "+target+" without a token", send(method, target, "x"), status(401, 429))
		}
	}
	for _, target := range []string{"/things/%2e%2e/tea/", "/things/tea%2Fx/", "/things/tea./", "/things/%zz/"} {
		harmless("PURGE of "+target, send("PURGE", target, "", key, anonymous), status(400))
	}
	harmless("PURGE of one of Larder's paths", send("PURGE", "/_larder/status", "", key), status(405))
	// Keys that belong to Larder, or to nobody.
	of := surrogate.TenantPrefix(surrogate.TenantID(tenantA))
	for name, named := range map[string]string{
		"everything": "larder-all", "everything, encoded": "%6Carder-all", "everything, encoded twice": "%256Carder-all", "a tenant's thing": of + "thing:tea",
		"a tenant's thing, encoded": "%40" + of[1:] + "thing%3Atea", "a bucket": "~00", "all leases": "larder-leases", "a broken encoding": "thing:tea%", "white space": "%20",
		"a null byte": "thing:tea%00", "a key that ends in a slash": "thing:tea/", "a key with dots": "../thing:tea", "a key with dots, encoded": "%2e%2e%2fthing:tea",
	} {
		harmless("the key: "+name, call(prefix+"/service/x/purge/"+named, key, anonymous), status(200, 400))
	}
	for _, target := range []string{
		"/_larder/%66astly/service/x/purge_all", "/%5Flarder/fastly/service/x/purge_all", "/_LARDER/fastly/service/x/purge_all", "/_larder/FASTLY/service/x/purge_all",
		"//_larder/fastly/service/x/purge_all", "/_larder//fastly/service/x/purge_all", "/_larder/fastly%2Fservice/x/purge_all", `/_larder\fastly/service/x/purge_all`,
		"/x/_larder/fastly/service/x/purge_all", "/_larder/fastly;x/service/x/purge_all", "/_larder/./fastly/service/x/purge_all", "/_larder/fastly/service/x/%70urge_all",
		"/_larder/fastly/service/x/purge_all/", "/_larder/fastly/service//purge_all", "/_larder/fastly/service/x%2Fpurge_all", "/_larder/fastly/service/x/../x/purge_all",
		"/_larder/fastly/../fastly/service/x/purge_all", "/_larder/fastly//service/x/purge_all", "/_larder/fastly/SERVICE/x/purge_all", "/_larder/fastly", "/_larder/fastly/",
		"/_larder/fastlyx/service/x/purge_all", "/_larder/fastly/purge_all", "/_larder/fastly/service/x/purge_all%00",
	} {
		harmless("the path "+target, call(target, key), refused)
	}
	for _, named := range []string{
		"/things/tea/", "edge.example/things/%2e%2e/tea/", "edge.example/things/tea%2Fx/", "%2F%2Fedge.example", "edge.example%2Fthings%2Ftea%", "https:///things/tea/", "?x", "edge.example/things/../things/tea/",
	} {
		harmless("the URL "+named, call(prefix+"/purge/"+named, key, anonymous), status(400, 404))
	}
	for name, sent := range map[string]request{
		"two bodies":              send(http.MethodPost, prefix+"/service/x/purge", `{"surrogate_keys":["a"]}{"surrogate_keys":["thing:tea"]}`, key, anonymous),
		"a member twice":          send(http.MethodPost, prefix+"/service/x/purge", `{"surrogate_keys":["a"],"surrogate_keys":["thing:tea"]}`, key, anonymous),
		"a member of Larder's":    send(http.MethodPost, prefix+"/service/x/purge", `{"surrogate_keys":["thing:tea"],"all":true}`, key, anonymous),
		"a list":                  send(http.MethodPost, prefix+"/service/x/purge", `["thing:tea"]`, key, anonymous),
		"257 keys":                call(prefix+"/service/x/purge", key, anonymous, "Surrogate-Key: thing:tea"+strings.Repeat(" a", 256)),
		"a URL for all tenants":   call(prefix+"/purge/edge.example"+path, key, "Larder-Tenant: all"),
		"no tenant":               call(prefix+"/service/x/purge/thing:tea", key),
		"no tenant for a URL":     call(prefix+"/purge/edge.example"+path, key),
		"a tenant that is none":   call(prefix+"/service/x/purge/thing:tea", key, "Larder-Tenant: x"),
		"a tenant's header alone": send("PURGE", path, "", key, "Authorization: "+tenantA),
	} {
		harmless("a call with "+name, sent, status(400))
	}
	return append(all, []attack{
		{"what a client with a token purges", strict, mirror, steps{
			{get(path), must(status(200))},
			{get(queryA), must(status(200))},
			{call(prefix+"/service/x/purge/thing%3Atea", key, anonymous), must(status(200))},
			{get(path), must(notHit)},
			{get(queryA), must(hit, same(1))},
			{send("PURGE", queryA, "", key), must(status(200))},
			{get(queryA), must(notHit)},
			{get(path), must(hit)},
		}},
		{"the token of a PURGE that passes nowhere", open, mirror, steps{
			{send("PURGE", "/elsewhere", "", key), must(status(200), originGot(0))},
			{send("PURGE", "/elsewhere", ""), must(status(401, 429), originGot(0))},
			{send("PURGE", "/wp-json/wp/v2/posts/1", "", "Fastly-Key: guessed"), must(status(401, 429), originGot(0))},
		}},
		{"the URL of another tenant", strict, mirror, steps{
			{get(queryA), must(status(200))},
			{call(prefix+"/purge/edge.example"+path+"?auth_token="+tenantB, key), must(status(200))},
			{get(queryA), must(hit, same(0))},
		}},
	}...)
}
