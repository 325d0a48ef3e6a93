package attacks

import (
	"net/http"
	"strings"
)

// floods of cheap requests must not cost the origin much, nor take the cache
// away from others. The platform's rate counters count nothing in Viceroy, so
// what is refused with 429 in production is not refused here.
func floods() []attack {
	const path = "/things/tea/"
	const n = 60
	around := func(name string, sent request, want ...check) attack {
		return attack{name, strict, missing, steps{
			{get(path), must(status(200))},
			{sent.repeated(n), want},
			{get(path), must(hit, same(0))},
		}}
	}
	guess := func(i string) request {
		return send(http.MethodPost, "/_larder/purge", `{"keys":["thing:tea"],"anonymous":true}`, "Authorization: Bearer guess-"+i)
	}
	return []attack{
		around("parameters that are not listed", get(path+"?x={i}"), hit, originGot(1)),
		around("values in another order", get(path+"?page=1&utm_{i}=1"), hit, originGot(1)),
		around("no-cache", get(path, "Cache-Control: no-cache"), hit, originGot(1)),
		around("conditions", get(path, `If-None-Match: "x"`), hit, originGot(1)),
		around("ranges", get(path, "Range: bytes=1-2"), status(206), originGot(1)),
		around("HEAD", send("HEAD", path, ""), hit, originGot(1)),
		around("one missing thing", get("/things/none/"), status(404), originGot(2)),
		around("missing things", get("/things/none-{i}/"), status(404)),
		around("unmatched paths", get("/wp-login-{i}.php"), status(404), originGot(1)),
		around("invalid paths", get("/things/%zz{i}/"), status(400), originGot(1)),
		around("credentials", get(path+"?auth_token=guess-{i}"), status(200)),
		around("guesses of the purge token", guess("1"), status(401, 429), originGot(1)),
		around("POSTs to something else", send(http.MethodPost, "/things/none-{i}/", "x")),
		around("uploads that break off", rawBody("abc", "POST /things/tea/ HTTP/1.1", "Host: edge.example", "Content-Length: 100").aborted(), originGotAtMost(1)),
		around("preflights", send("OPTIONS", path, "", "Origin: https://shop.example", "Access-Control-Request-Method: GET"), status(204), originGot(1)),
		around("TRACE", send("TRACE", path, ""), status(405), originGot(1)),
		{"guesses, and then the operator", strict, mirror, steps{
			{get(path), must(status(200))},
			{guess("2").repeated(n), must(status(401, 429))},
			{purge(`{"keys":["thing:tea"],"anonymous":true}`), must(status(200))},
			{get(path), must(notHit)},
		}},
		{"large headers, of which the origin breaks the connection off", strict, breakingOffAt(8 << 10), steps{
			{get("/open/{i}", "X-Large: "+strings.Repeat("x", 9000)).repeated(n), must(status(503))},
			{get("/open/other"), must(status(200))},
		}},
		{"a route whose requests break off", strict, first(mirror, breakingOffAt(0)), steps{
			{get(path), must(status(200))},
			{get("/open/{i}").repeated(n), must(status(503))},
			{get(path), must(hit, same(0))},
		}},
		{"an origin that fails is not asked for each request", strict, respond(503, "down"), steps{
			{get("/things/down/").repeated(n), must(status(503), originGotAtMost(10))},
		}},
	}
}
