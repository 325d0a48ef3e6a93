package attacks

import "strings"

// tenants must not see each other's content, nor purge it.
func tenants() []attack {
	const (
		path     = "/things/tea/"
		queryA   = path + "?auth_token=" + tenantA
		queryB   = path + "?auth_token=" + tenantB
		headerA  = "Authorization: Token " + tenantA
		headerB  = "Authorization: Token " + tenantB
		purgeTea = `{"keys":["thing:tea"],`
	)
	var all []attack
	for _, c := range []struct {
		name string
		send request
	}{
		{"another credential", get(queryB)}, {"no credential", get(path)}, {"another credential in the header", get(path, headerB)},
		{"a credential with more", get(queryA + "x")}, {"a credential with less", get(strings.TrimSuffix(queryA, "a"))},
		{"a credential in upper case", get(path + "?auth_token=" + strings.ToUpper(tenantA))}, {"an empty credential", get(path + "?auth_token=")},
		{"the parameter in upper case", get(path + "?AUTH_TOKEN=" + tenantA)}, {"a credential behind a semicolon", get(path + "?page=1;auth_token=" + tenantA)},
		{"HEAD with another credential", send("HEAD", queryB, "")}, {"another carrier", get(path, headerA)},
		{"If-None-Match: * with another credential", get(queryB, "If-None-Match: *")}, {"If-None-Match: * without a credential", get(path, "If-None-Match: *")},
		{"two credentials", get(queryB + "&auth_token=" + tenantA)}, {"a credential with another in the header", get(queryB, headerA)},
		{"two lines of Authorization", get(path, headerB, headerA)}, {"the credential's cookie", get(path, "Cookie: auth_token="+tenantA)},
	} {
		all = append(all, attack{c.name, strict, mirror, steps{
			{get(queryA), must(status(200))},
			{c.send, must(notHit, differs(0))},
			{get(queryA), must(hit, same(0))},
		}})
	}
	return append(all, []attack{
		{"a header's response is not public", strict, mirror, steps{
			{get(path, headerA), must(status(200), headerLacks("Cache-Control", "public"))},
			{get(queryA), must(status(200))},
			{get(path, headerA), must(hit, headerLacks("Cache-Control", "public"))},
		}},
		{"a header's response is not public after a query's", strict, mirror, steps{
			{get(queryA), must(status(200))},
			{get(path, headerA), must(status(200), headerLacks("Cache-Control", "public"), originSaw(tenantA))},
		}},
		{"two credentials do not mix tenants", strict, mirror, steps{
			{get(queryA + "&auth_token=" + tenantB), must(status(200))},
			{get(queryA), must(bodyLacks(tenantB))},
			{get(queryB), must(notHit, bodyLacks(tenantA))},
		}},
		{"two lines of Authorization do not mix tenants", strict, mirror, steps{
			{get(path, headerA, headerB), nil},
			{get(path, headerA), must(bodyLacks(tenantB))},
			{get(path, headerB), must(notHit)},
		}},
		{"a purge of another tenant", strict, mirror, steps{
			{get(queryA), must(status(200))},
			{purge(purgeTea + `"credentials":["` + tenantB + `"]}`), must(status(200), bodyLacks(tenantB))},
			{get(queryA), must(hit, same(0))},
		}},
		{"a purge of anonymous content", strict, mirror, steps{
			{get(queryA), must(status(200))},
			{purge(purgeTea + `"anonymous":true}`), must(status(200))},
			{get(queryA), must(hit, same(0))},
		}},
		{"a purge of all that another tenant has", strict, mirror, steps{
			{get(queryA), must(status(200))},
			{purge(`{"all":true,"soft":false,"credentials":["` + tenantB + `"]}`), must(status(200))},
			{get(queryA), must(hit, same(0))},
		}},
		{"the vault's copy", strict, first(mirror, respond(503, "down")), steps{
			{get(queryA), must(status(200))},
			{get(queryB), must(status(503), bodyLacks("tea"))},
			{get(path), must(status(503), bodyLacks(tenantA))},
		}},
		{"a stored 404", strict, first(respond(404, `{"error":"of A"}`), mirror), steps{
			{get(queryA), must(status(404))},
			{get(queryB), must(status(200), notHit)},
		}},
		{"a 401 is not stored", strict, first(respond(401, `{"error":"who?"}`), mirror), steps{
			{get(path), must(status(401))},
			{get(path), must(status(200), notHit)},
		}},
		{"QUERY with another credential", strict, mirror, steps{
			{send("QUERY", "/things/?auth_token="+tenantA, "one"), must(status(200))},
			{send("QUERY", "/things/?auth_token="+tenantB, "one"), must(notHit, bodyLacks(tenantA))},
		}},
	}...)
}
