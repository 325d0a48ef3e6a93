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
	add("257 keys", purge(many(257)), status(413))
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
