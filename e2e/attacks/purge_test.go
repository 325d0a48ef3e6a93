package attacks

import (
	"fmt"
	"net/http"
	"strings"
)

// purgeEndpoint is for the operator alone, and purges what it is told or
// nothing.
func purgeEndpoint() []attack {
	const path = "/things/tea/"
	const body = `{"keys":["thing:tea"],"anonymous":true}`
	bearer := func(token string) string { return "Authorization: Bearer " + token }
	call := func(header ...string) request { return send(http.MethodPost, "/_larder/purge", body, header...) }
	var all []attack
	add := func(name string, sent request, want ...check) {
		all = append(all, attack{name, strict, mirror, steps{
			{get(path), must(status(200))},
			{sent, append(want, originGot(1))},
			{get(path), must(hit, same(0))},
		}})
	}
	denied := status(401, 429)
	for _, c := range []struct {
		name string
		send request
	}{
		{"no token", call()}, {"another token", call(bearer("attacked-purge-token-000000"))}, {"a token with less", call(bearer(purgeToken[:len(purgeToken)-1]))},
		{"a token with more", call(bearer(purgeToken + "0"))}, {"a token in upper case", call(bearer(strings.ToUpper(purgeToken)))}, {"an empty token", call("Authorization: Bearer ")},
		{"another scheme", call("Authorization: Basic " + purgeToken)}, {"no scheme", call("Authorization: " + purgeToken)},
		{"a tenant's credential", call(bearer(tenantA))}, {"the origin's secret", call(bearer(originSecret))},
		{"the token in a list", call(bearer("x, " + purgeToken))}, {"the token in a cookie", call("Cookie: purge_token=" + purgeToken)},
		{"the token in the query", send(http.MethodPost, "/_larder/purge?token="+purgeToken, body)}, {"a Fastly-Key that is not valid", call("Fastly-Key: guessed")},
		{"an empty Fastly-Key", call("Fastly-Key: ")}, {"the token as a Fastly-Key", call("Fastly-Key: " + purgeToken)},
		{"a token behind a wrong one", call(bearer("wrong"), bearer(purgeToken))},
	} {
		add(c.name, c.send, denied, problem("unauthorized"))
	}
	many := func(n int) string {
		keys := make([]string, n)
		for i := range keys {
			keys[i] = fmt.Sprintf(`"k%d"`, i)
		}
		return `{"anonymous":true,"keys":[` + strings.Join(keys, ",") + `]}`
	}
	for _, c := range []struct{ name, body string }{
		{"nothing", ``}, {"no key", `{"anonymous":true}`}, {"an empty key", `{"keys":[""],"anonymous":true}`}, {"a key of white space", `{"keys":[" "],"anonymous":true}`},
		{"no tenant", `{"keys":["thing:tea"]}`}, {"a tenant that is no ID", `{"keys":["thing:tea"],"tenants":["x"]}`}, {"an empty credential", `{"keys":["thing:tea"],"credentials":[""]}`},
		{"a member twice", `{"keys":["x"],"keys":["y"],"anonymous":true}`}, {"a member in another case", `{"keys":["x"],"Keys":["y"],"anonymous":true}`},
		{"a member in another case alone", `{"Keys":["thing:tea"],"anonymous":true}`}, {"soft twice", `{"keys":["thing:tea"],"soft":true,"soft":false,"anonymous":true}`},
		{"an escaped member twice", `{"keys":["x"],"\u006beys":["y"],"anonymous":true}`}, {"an unknown member", `{"keys":["thing:tea"],"anonymous":true,"hrad":[]}`},
		{"a text for a boolean", `{"keys":["thing:tea"],"anonymous":true,"soft":"false"}`}, {"a text for a list", `{"keys":"thing:tea","anonymous":true}`},
		{"more after the object", body + body}, {"an array", `["thing:tea"]`}, {"no JSON", `keys=thing:tea`}, {"JSON cut short", body[:len(body)-1]},
		{"Larder's own key for anonymous content", `{"keys":["larder-all"],"anonymous":true}`}, {"deep nesting", `{"keys":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`},
	} {
		add("the body: "+c.name, purge(c.body), status(400))
	}
	add("751 keys", purge(many(751)), status(413))
	add("10,000 keys", purge(many(10_000)), status(413))
	add("a body of 300 KB", purge(`{"keys":["`+strings.Repeat("a", 300<<10)+`"],"anonymous":true}`), status(413))
	add("a body of 300 KB over HTTP/2", h2(http.MethodPost, "/_larder/purge", `{"keys":["`+strings.Repeat("a", 300<<10)+`"],"anonymous":true}`, bearer(purgeToken)), status(413))
	for _, query := range []string{"soft=false;x", "soft=maybe", "soft=false&soft=true", "soft=true&soft=false", "soft=", "Soft=false"} {
		sent := purge(body)
		sent.target += "?" + query
		add("the query "+query, sent, status(400))
	}
	for _, method := range []string{"GET", "HEAD", "PUT", "DELETE", "PURGE", "PATCH", "QUERY"} {
		add("the method "+method, send(method, "/_larder/purge", "", bearer(purgeToken)), status(405))
	}
	// Its CPU time is not measured: for each key, Viceroy goes through all that the
	// other cases have left in its cache.
	all = append(all, attack{"as many keys as fit", strict, mirror, steps{
		{get(path), must(status(200))},
		{purge(many(750)).plainly(), must(status(200))},
		{get(path), must(hit, same(0))},
	}})
	all = append(all, limitedTokens()...)
	return append(all, []attack{
		{"a token over HTTP/2 without a length", strict, mirror, steps{
			{get(path), must(status(200))},
			{h2(http.MethodPost, "/_larder/purge", body, bearer(purgeToken)), must(status(200))},
			{get(path), must(notHit)},
		}},
		{"the status without a token", strict, mirror, steps{{get("/_larder/status"), must(denied, bodyLacks("primary"))}}},
		{"the status shows no secret", strict, mirror, steps{
			{get("/_larder/status", bearer(purgeToken)), must(status(200), bodyLacks(purgeToken), bodyLacks(originSecret))},
		}},
		{"a preflight for a purge", strict, mirror, steps{
			{send("OPTIONS", "/_larder/purge", "", "Origin: https://evil.example", "Access-Control-Request-Method: POST"), must(originGot(0), headerLacks("Access-Control-Allow-Origin", ""))},
		}},
	}...)
}

// limitedTokens purge what their limits allow, and nothing else.
func limitedTokens() []attack {
	const path = "/things/tea/"
	queryA := path + "?auth_token=" + tenantA
	limited, key := "Authorization: Bearer "+limitedToken, "Fastly-Key: "+limitedToken
	call := func(body string, header ...string) request {
		return send(http.MethodPost, "/_larder/purge", body, append(header, limited)...)
	}
	api := func(path string, header ...string) request {
		return send(http.MethodPost, "/_larder/fastly"+path, "", append(header, key)...)
	}
	anonymous := "Larder-Tenant: anonymous"
	all := []attack{{"a limited token and what it may purge", strict, mirror, steps{
		{get(path), must(status(200))},
		{call(`{"keys":["thing:tea"],"anonymous":true}`), must(status(200))},
		{get(path), must(notHit)},
		{api("/service/x/purge/thing:tea", anonymous), must(status(200))},
		{get(path), must(notHit)},
	}}}
	for name, sent := range map[string]request{
		"another key":                        call(`{"keys":["things"],"anonymous":true}`),
		"another key beside its own":         call(`{"keys":["thing:tea","thing:milk"],"anonymous":true}`),
		"another key hard":                   call(`{"keys":["thing:tea"],"hard":["things"],"anonymous":true}`),
		"another key under Fastly's name":    call(`{"surrogate_keys":["things"],"anonymous":true}`),
		"another key in a header":            call(``, "Surrogate-Key: thing:tea things", anonymous),
		"a key that only decodes to its own": call(`{"keys":["thing%3Atea"],"anonymous":true}`),
		"a key in another case":              call(`{"keys":["THING:tea"],"anonymous":true}`),
		"everything":                         call(`{"all":true}`),
		"everything hard, the vault too":     call(`{"all":true,"vault":true,"soft":false}`),
		"everything anonymous":               call(`{"all":true,"anonymous":true}`),
		"another tenant":                     call(`{"keys":["thing:tea"],"credentials":["` + tenantA + `"]}`),
		"another tenant beside its own":      call(`{"keys":["thing:tea"],"anonymous":true,"credentials":["` + tenantA + `"]}`),
		"all tenants":                        call(`{"keys":["thing:tea"],"tenants":"all"}`),
		"all tenants by the API":             api("/service/x/purge/thing:tea", "Larder-Tenant: all"),
		"another tenant in the URL":          send(http.MethodPost, "/_larder/purge?auth_token="+tenantA, `{"keys":["thing:tea"]}`, limited),
		"everything by Fastly's API":         api("/service/x/purge_all"),
		"everything anonymous by the API":    api("/service/x/purge_all", anonymous),
		"another key by the API":             api("/service/x/purge/things", anonymous),
		"another tenant by the API":          api("/service/x/purge/thing:tea?auth_token=" + tenantA),
		"a URL by the API":                   api("/purge/edge.example"+path, anonymous),
		"PURGE":                              send("PURGE", path, "", key, anonymous),
		"the status":                         get("/_larder/status", limited),
	} {
		all = append(all, attack{"a limited token for " + name, strict, mirror, steps{
			{get(path), must(status(200))},
			{get(queryA), must(status(200))},
			{sent, must(status(403), problem("token-scope"), originGot(2))},
			{get(path), must(hit, same(0))},
			{get(queryA), must(hit, same(1))},
		}})
	}
	// A mistake in an entry must not make it unlimited.
	for name, sent := range map[string]request{
		"its keys":   send(http.MethodPost, "/_larder/purge", `{"keys":["thing:tea"],"anonymous":true}`, "Authorization: Bearer "+faultyToken),
		"everything": send(http.MethodPost, "/_larder/fastly/service/x/purge_all", "", "Fastly-Key: "+faultyToken),
	} {
		all = append(all, attack{"a token with faulty limits for " + name, strict, mirror, steps{
			{get(path), must(status(200))},
			{sent, must(status(401), originGot(1))},
			{get(path), must(hit, same(0))},
		}})
	}
	return all
}
