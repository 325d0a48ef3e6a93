package config

import "testing"

func TestRoutesThatCannotWorkAreRefused(t *testing.T) {
	refuses(t, []refusal{
		// Routes.
		{"no routes", `{"origins":[{"name":"a"}],"routes":[]}`, []string{
			`$.routes: want at least one element; got an empty list`}},
		{"a route without a name and path", routes(`{}`), []string{
			`$.routes[0].name: want this member; it is missing`,
			`$.routes[0].path: want this member; it is missing`}},
		{"two routes of one name", routes(`{"name":"a","path":"/a"},{"name":"a","path":"/b"}`), []string{
			`$.routes[1].name: want a name of its own; "a" is taken by an earlier one`}},
		{"a malformed path", routes(`{"name":"a","path":"/v2/{slug","keys":["post:{slug}"]}`), []string{
			`$.routes[0].path: malformed path pattern: want every brace to be closed in its segment; got "{slug"`}},
		{"variables as other routers have them", routes(`{"name":"a","path":"/api/:id"},{"name":"b","path":"/api/:"},{"name":"c","path":"/api/*"},{"name":"d","path":"/api/**/x"}`), []string{
			`$.routes[0].path: malformed path pattern: want {id} for one segment; got ":id"`,
			`$.routes[1].path: malformed path pattern: want a variable such as {id} for one segment; got ":"`,
			`$.routes[2].path: malformed path pattern: want {rest...} for all that is left of the path, or a variable such as {id} for one segment; got "*"`,
			`$.routes[3].path: malformed path pattern: want {rest...} for all that is left of the path, or a variable such as {id} for one segment; got "**"`}},
		{"a path of Larder's own", routes(`{"name":"a","path":"/_larder/purge"}`), []string{
			`$.routes[0].path: want a path without a segment that begins with _larder, as only Larder's own endpoints have it; got "/_larder/purge"`}},
		{"a path of Larder's own in disguise", routes(`{"name":"a","path":"/%5Flarder/{x...}"}`), []string{
			`$.routes[0].path: want a path without a segment that begins with _larder, as only Larder's own endpoints have it; got "/_larder/{x...}"`}},
		{"a path that only looks like Larder's own", routes(`{"name":"a","path":"/v2/_Larders/{x}"}`), []string{
			`$.routes[0].path: want a path without a segment that begins with _larder, as only Larder's own endpoints have it; got "/v2/_Larders/{x}"`}},
		{"a route behind one that takes all", routes(`{"name":"all","path":"/{path...}"},{"name":"post","path":"/posts/{slug}/"}`), []string{
			`$.routes[1].path: want a path that no earlier route takes all requests of; "/posts/{slug}/" is taken by route "all" (/{path...}): move this route before it`}},
		{"a route behind one of the same path", routes(`{"name":"a","path":"/a/{x}"},{"name":"b","path":"/a/{y}/","methods":["GET"]}`), []string{
			`$.routes[1].path: want a path that no earlier route takes all requests of; "/a/{y}/" is taken by route "a" (/a/{x}): move this route before it`}},
		{"a HEAD behind a GET, with which it goes", routes(`{"name":"a","path":"/{x}","methods":["GET"]},{"name":"b","path":"/c","methods":["HEAD"]}`), []string{
			`$.routes[1].path: want a path that no earlier route takes all requests of; "/c" is taken by route "a" (/{x}): move this route before it`}},
		{"a route whose methods two routes take", routes(`{"name":"a","path":"/{x}"},{"name":"b","path":"/{x}","methods":["QUERY"]},{"name":"c","path":"/c","methods":["GET","QUERY"]}`), []string{
			`$.routes[2].path: want a path that no earlier route takes all requests of; "/c" is taken by route "b" (/{x}): move this route before it`}},
		{"an unsafe method", route(`"methods":["GET","POST"]`), []string{
			`$.routes[0].methods[1]: want "GET", "HEAD" or "QUERY"; got "POST"`}},
		{"a method twice", route(`"methods":["GET","GET"]`), []string{
			`$.routes[0].methods[1]: want each method once; got "GET" twice`}},
		{"a default as a number", route(`"query":{"page":1}`), []string{
			`$.routes[0].query.page: want the default value as a string, or null where there is none; got the number 1`}},
		{"a default of all parameters", route(`"query":{"*":"1"}`), []string{
			`$.routes[0].query["*"]: want null for "*", as all parameters have no default in common; got "1"`}},
		{"a parameter without a name", route(`"query":{"":null}`), []string{
			`$.routes[0].query[""]: want a name; got ""`}},
		{"the tenant's parameter among others", `{"tenant":{"query":"auth_token"},` + route(`"query":{"auth_token":null}`)[1:], []string{
			`$.routes[0].query.auth_token: want no tenant's credential here; "tenant" puts its hash into the key already`}},
		{"filters that never reach the origin", route(`"query":{"tag":null},"filters":["tag","sort","*","tag"],"keys":["posts"]`), []string{
			`$.routes[0].filters[1]: want a parameter that "query" lists, as no other reaches the origin; got "sort"`,
			`$.routes[0].filters[2]: want "*": null in "query" beside "*", as no parameter without a name reaches the origin; got "*"`,
			`$.routes[0].filters[3]: want each parameter once; got "tag" twice`}},
		{"filters without keys", route(`"query":{"tag":null},"filters":["tag"],"items":[{"each":"data","keys":["post:{slug}"]}]`), []string{
			`$.routes[0].filters: want "keys" beside "filters", which adds ":filtered" to each of them; the route has none`}},
		{"a bypass by any parameter", route(`"bypass":{"*":"1"}`), []string{
			`$.routes[0].bypass["*"]: want a parameter's whole name; got "*"`}},
		{"a bypass by a pattern", route(`"bypass":{"preview*":"1"}`), []string{
			`$.routes[0].bypass["preview*"]: want a parameter's whole name; got "preview*"`}},
		{"parameters as patterns", route(`"query":{"*":null,"populate*":null,"fields[*]":null}`), []string{
			`$.routes[0].query["fields[*]"]: want each parameter by its whole name, or "*": null for all of them; got the pattern "fields[*]"`,
			`$.routes[0].query["populate*"]: want each parameter by its whole name, or "*": null for all of them; got the pattern "populate*"`}},
		{"the tenant's header among others", `{"tenant":{"header":"x-api-key"},` + route(`"headers":["X-Api-Key"]`)[1:], []string{
			`$.routes[0].headers[0]: want no tenant's credential here; "tenant" puts its hash into the key already`}},
		{"headers that would break the cache", route(`"headers":["Cookie","range","TE","Host","Accept Language","cdn-loop"]`), []string{
			`$.routes[0].headers[0]: want a header that can be a part of the key; Cookie is a credential: name it in "tenant", which keeps only its hash`,
			`$.routes[0].headers[1]: want a header that can be a part of the key; Range is answered by the cache itself`,
			`$.routes[0].headers[2]: want a header that can be a part of the key; Te belongs to the connection`,
			`$.routes[0].headers[3]: want a header that can be a part of the key; Host has a member of its own: "host"`,
			`$.routes[0].headers[4]: want a header's name such as "Accept-Language"; got "Accept Language"`,
			`$.routes[0].headers[5]: want a header that can be a part of the key; Cdn-Loop is set by the cache itself`}},
		{"all headers and one", route(`"headers":["*","Accept"]`), []string{
			`$.routes[0].headers[0]: want "*" alone, as it passes all headers; got it beside others`}},
		{"all headers and a ttl", route(`"headers":["*"],"lifetimes":{"ttl":"1h"}`), []string{
			`$.routes[0].headers: want headers by their names beside a "ttl", or "ttl": "origin" beside "*", where only the origin knows for whom its answer is; got "*" and a ttl of 1h`}},
		{"all headers and the ttl of all routes", `{"lifetimes":{"ttl":"1d"},` + route(`"headers":["*"]`)[1:], []string{
			`$.routes[0].headers: want headers by their names beside a "ttl", or "ttl": "origin" beside "*", where only the origin knows for whom its answer is; got "*" and a ttl of 1d`}},
		{"a header twice", route(`"headers":["Accept","accept"]`), []string{
			`$.routes[0].headers[1]: want each header once; got Accept twice`}},
	})
}
