package config

import "testing"

func TestNamesOriginsAndAccessThatCannotWorkAreRefused(t *testing.T) {
	refuses(t, []refusal{
		// Names.
		{"a name with a space", minimal(`"name":"My Larder",`, ``), []string{
			`$.name: want a name such as "Larder", of letters, digits and -, a letter first; got "My Larder"`}},
		{"an empty name", minimal(`"name":"",`, ``), []string{
			`$.name: want some text; got ""`}},
		{"a host of links with a scheme", minimal(`"link_hosts":["www.example.com","https://www.example.com"],`, ``), []string{
			`$.link_hosts[1]: want a host such as "api.example.com" or "localhost:8080"; got "https://www.example.com"`}},
		{"a debug header with a colon", minimal(`"debug_header":"Debug:",`, ``), []string{
			`$.debug_header: want a header's name such as "Accept-Language"; got "Debug:"`}},
		{"an unknown word for unsafe methods", minimal(`"unsafe_methods":"drop",`, ``), []string{
			`$.unsafe_methods: want "invalidate", "invalidate_keys" or "ignore"; got "drop"`}},
		{"an unknown word for the unmatched", minimal(`"unmatched":"drop",`, ``), []string{
			`$.unmatched: want "pass" or "reject"; got "drop"`}},

		// Origins.
		{"no origins", `{"origins":[],"routes":[{"name":"a","path":"/"}]}`, []string{
			`$.origins: want at least one element; got an empty list`}},
		{"an origin without a name", `{"origins":[{"backend":"b"}],"routes":[{"name":"a","path":"/"}]}`, []string{
			`$.origins[0].name: want this member; it is missing`}},
		{"two origins of one name", `{"origins":[{"name":"a"},{"name":"a"}],"routes":[{"name":"a","path":"/"}]}`, []string{
			`$.origins[1].name: want a name of its own; "a" is taken by an earlier one`}},
		{"an origin's name with a space", `{"origins":[{"name":"a b"}],"routes":[{"name":"a","path":"/"}]}`, []string{
			`$.origins[0].name: want a name of letters, digits, - and _; got "a b"`}},
		{"a URL for a host", origin(`"host":"https://api.example.com"`), []string{
			`$.origins[0].host: want a host such as "api.example.com" or "localhost:8080"; got "https://api.example.com"`}},
		{"a port out of range", origin(`"host":"example.com:70000"`), []string{
			`$.origins[0].host: want a host such as "api.example.com" or "localhost:8080"; got "example.com:70000"`}},
		{"headers that the host sets", origin(`"headers":{"host":"a","Content-length":"5"}`), []string{
			`$.origins[0].headers.Content-length: want a header that may be set; Content-Length belongs to the connection`,
			`$.origins[0].headers.host: want a header that may be set; Host has a member of its own: "host"`}},
		{"the header of the tenants", `{"tenant":{"header":"authorization"},"origins":[{"name":"a","headers":{"Authorization":"Basic eDp5"}}],"routes":[{"name":"a","path":"/"}]}`, []string{
			`$.origins[0].headers.Authorization: want no tenant's credential here, as the origin would take every client for the same tenant; got Authorization`}},
		{"a header in two spellings", origin(`"headers":{"X-Key":"a","x-key":"b"}`), []string{
			`$.origins[0].headers.x-key: want each header once; X-Key is there in another spelling`}},
		{"a header with a line break", origin(`"headers":{"X-Key":"a\r\nHost: b"}`), []string{
			`$.origins[0].headers.X-Key: want a value without control characters; got "a\r\nHost: b"`}},
		{"a header's name with a space", origin(`"headers":{"X Key":"a"}`), []string{
			`$.origins[0].headers["X Key"]: want a header's name such as "Accept-Language"; got "X Key"`}},

		{"more retries than attempts", origin(`"retries":4`), []string{
			`$.origins[0].retries: want a number from 0 to 3; got 4`}},

		// Failures and the breaker.
		{"statuses that are about the request", minimal(`"failures":{"statuses":[404,503,200,600]},`, ``), []string{
			`$.failures.statuses[0]: want 429 or a status from 500 to 599, as no other means that the origin cannot answer now; got 404`,
			`$.failures.statuses[2]: want 429 or a status from 500 to 599, as no other means that the origin cannot answer now; got 200`,
			`$.failures.statuses[3]: want 429 or a status from 500 to 599, as no other means that the origin cannot answer now; got 600`}},
		{"a failing status twice", minimal(`"failures":{"statuses":[503,503]},`, ``), []string{
			`$.failures.statuses[1]: want each status once; got 503 twice`}},
		{"failing statuses that are no numbers", minimal(`"failures":{"statuses":["5xx",null]},`, ``), []string{
			`$.failures.statuses[0]: want a whole number; got "5xx"`,
			`$.failures.statuses[1]: want a whole number; got null`}},
		{"a number with a fraction", minimal(`"breaker":{"failures":2.5},`, ``), []string{
			`$.breaker.failures: want a whole number; got the number 2.5`}},
		{"a number in quotes", minimal(`"breaker":{"failures":"5"},`, ``), []string{
			`$.breaker.failures: want a whole number; got "5"`}},
		{"a breaker out of range", minimal(`"breaker":{"failures":0,"window":"10ms","cooldown":"11m","max_cooldown":"2h"},`, ``), []string{
			`$.breaker.failures: want a number from 1 to 100; got 0`,
			`$.breaker.window: want a duration from 1s to 10m; got 10ms`,
			`$.breaker.cooldown: want a duration from 100ms to 10m; got 11m`,
			`$.breaker.max_cooldown: want a duration from 100ms to 1h; got 2h`}},
		{"a longest cooldown shorter than the first", minimal(`"breaker":{"cooldown":"2m","max_cooldown":"1m"},`, ``), []string{
			`$.breaker.max_cooldown: want at least the cooldown of 2m; got 1m`}},

		// Tenant and CORS.
		{"a tenant without a credential", minimal(`"tenant":{},`, ``), []string{
			`$.tenant: want "query", "header" or both, to say where the credential is; got neither`}},
		{"a tenant's credential where it cannot be", minimal(`"tenant":{"query":"soft","header":"if-none-match"},`, ``), []string{
			`$.tenant.query: want a parameter that means nothing at the purge endpoint; got "soft"`,
			`$.tenant.header: want a header that few requests have; If-None-Match is answered by the cache itself`}},
		{"a tenant's credential that is a purge token's", minimal(`"tenant":{"header":"Fastly-Key"},`, ``), []string{
			`$.tenant.header: want a header that few requests have; Fastly-Key has a meaning for Larder itself`}},
		{"a debug header that all have", minimal(`"debug_header":"accept",`, ``), []string{
			`$.debug_header: want a header that few requests have; Accept is sent by every client, or by every browser`}},
		{"the tenant's header to debug", minimal(`"tenant":{"header":"X-Key"},"debug_header":"x-key",`, ``), []string{
			`$.debug_header: want a header of its own; X-Key has the tenant's credential`}},
		{"CORS for no origin", minimal(`"cors":{"origins":[]},`, ``), []string{
			`$.cors.origins: want at least one element; got an empty list`}},
		{"CORS for all and one", minimal(`"cors":{"origins":["https://a.example","*"]},`, ``), []string{
			`$.cors.origins[1]: want "*" alone, as it allows all; got it beside others`}},
		{"CORS for a URL", minimal(`"cors":{"origins":["https://a.example/"]},`, ``), []string{
			`$.cors.origins[0]: want "*" or an origin such as "https://www.example.com", without a path; got "https://a.example/"`}},
		{"CORS for a port that browsers leave out", minimal(`"cors":{"origins":["https://a.example:443"]},`, ``), []string{
			`$.cors.origins[0]: want "*" or an origin such as "https://www.example.com", without a path; got "https://a.example:443"`}},
		{"CORS for all headers", minimal(`"cors":{"origins":["*"],"headers":["*"]},`, ``), []string{
			`$.cors.headers[0]: want the headers by their names; got "*"`}},
		{"CORS for an empty header", minimal(`"cors":{"origins":["*"],"expose":[""]},`, ``), []string{
			`$.cors.expose[0]: want some text; got ""`}},
	})
}
