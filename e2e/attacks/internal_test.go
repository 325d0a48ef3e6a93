package attacks

import "net/http"

// internal fields and paths are for Larder, its operator and its shield.
func internal() []attack {
	token := "Authorization: Bearer " + purgeToken
	var all []attack
	for _, p := range []string{
		"/_LARDER/purge", "/_Larder/purge", "//_larder/purge", "/_larder//purge", "/%5Flarder/purge", "/%5flarder%2Fpurge", "/_larder/%70urge",
		"/_larder/purge/", "/_larder/purge;x", "/_larder/PURGE", "/_larder%2fpurge", "/_larder%5Cpurge", `/_larder\purge`, "/./_larder/purge",
		"/x/../_larder/purge", "/_larder/purge%20", "/_larder/purge.", "/_larder", "/_larder/", "/_larder;x/purge", "///_larder///purge", "/_larder/status", "/_LARDER/status",
		"http://evil.example/_LARDER/purge", "/_larder/purge%00", "/_larder/unknown",
	} {
		all = append(all, attack{"the purge token at " + p, open, mirror, steps{
			{send(http.MethodPost, p, `{"keys":["x"]}`, token), must(originGot(0))},
			{get(p, token), must(originGot(0))},
		}})
	}
	const free, pass = "/api/page", "/elsewhere"
	leaky := mirrorWith("Larder-Cache-Control: max-age=60", "Surrogate-Control: max-age=60", "Surrogate-Key: a", "Cache-Tag: a", "Xkey: a",
		"Larder-Shield: usable", "Larder-Shield-Status: hit", "Larder-Edge: a", "Larder-Compress-Hint: on")
	for _, line := range []string{"Larder-Edge: forged", "Larder-Shield: usable; ttl=99999999", "Larder-Shield-Status: hit", "Larder-Compress-Hint: on"} {
		all = append(all, attack{"forged " + line, open, mirrorWith("Cache-Control: max-age=60"), steps{
			{get(free, line).plainly(), must(status(200), originNever("forged"), notHit)},
			{get(free).plainly(), must(status(200), bodyLacks("forged"))},
			{get(pass, line).plainly(), must(status(200), originNever("Larder-Edge"))},
		}})
	}
	loop := must(status(508), problem("loop"), originGot(1))
	// Larder's own name must not come from a client. Another CDN's goes on where
	// the response is for this client alone (RFC 8586 §2).
	for _, c := range []struct {
		name, line string
		passing    []check
		keyed      []check
	}{
		{"Larder's own name", "CDN-Loop: {own}", loop, loop},
		{"Larder's own name with a parameter", "CDN-Loop: other, {own}; v=1", loop, loop},
		{"Larder's own name twice", "CDN-Loop: {own}, {own}", loop, loop},
		{"another's name", "CDN-Loop: evil-cdn", must(status(200)), must(status(200), originNever("evil-cdn"))},
		{"a long list", "CDN-Loop: evil-cdn, evil-cdn, evil-cdn, evil-cdn, evil-cdn, evil-cdn", must(status(200)), must(status(200), originNever("evil-cdn"))},
	} {
		all = append(all,
			attack{"CDN-Loop with " + c.name + ", passing", open, mirror, steps{{get(pass), must(originSaw("Cdn-Loop: "))}, {get(pass, c.line), c.passing}}},
			attack{"CDN-Loop with " + c.name + ", keyed", strict, mirror, steps{{get("/things/tea/"), must(originSaw("Cdn-Loop: "))}, {get("/things/milk/", c.line), c.keyed}}})
	}
	return append(all, []attack{
		{"the origin's internal fields, passing", open, leaky, steps{{get(pass).plainly(), must(status(200))}, {send("POST", pass, "x").plainly(), must(status(200))}}},
		{"the origin's internal fields, stored", open, leaky, steps{{get(free).plainly(), must(status(200))}, {get(free).plainly(), must(status(200))}}},
		{"the origin's internal fields, keyed", strict, leaky, steps{{get("/things/tea/").plainly(), must(status(200))}, {get("/things/tea/").plainly(), must(hit)}}},
		{"the debug header shows no credential", strict, mirror, steps{
			{get("/things/tea/?auth_token=" + tenantA), must(headerLacks("Cache-Status", tenantA), headerLacks("Surrogate-Key", tenantA))},
		}},
		{"nothing internal in a 304", strict, mirrorWith(`ETag: "x"`, "Surrogate-Key: a"), steps{
			{get("/things/tea/").plainly(), must(status(200))},
			{get("/things/tea/", `If-None-Match: "x"`).plainly(), must(status(304))},
		}},
		{"the name of a cookie is not logged", strict, respond(500, "down"), steps{{get("/things/tea/?auth_token="+tenantA, "Cookie: session=of-a-victim"), must(neverLogged("of-a-victim"), neverLogged("auth_token"))}}},
	}...)
}
