package attacks

import (
	"fmt"
	"strings"
)

// responses of an origin that is broken, or of tenants who write its headers.
func responses() []attack {
	const path, free = "/things/tea/", "/api/page"
	var all []attack
	// broken responses are an error, or pass, but are not stored and harm no
	// later request.
	for _, c := range []struct {
		name  string
		lines []string
	}{
		{"no HTTP", []string{"evil"}}, {"nothing", nil}, {"a status of 999", []string{"HTTP/1.1 999 Evil", "Content-Length: 0", "", ""}},
		{"a status of 42", []string{"HTTP/1.1 42 Evil", "Content-Length: 0", "", ""}}, {"a status that is no number", []string{"HTTP/1.1 abc Evil", "Content-Length: 0", "", ""}},
		{"HTTP/9.9", []string{"HTTP/9.9 200 OK", "Content-Length: 2", "", "{}"}}, {"switching protocols", []string{"HTTP/1.1 101 Switching Protocols", "Upgrade: evil", "Connection: Upgrade", "", ""}},
		{"only an interim response", []string{"HTTP/1.1 100 Continue", "", ""}}, {"a field of 300 KB", []string{"HTTP/1.1 200 OK", "X-Large: " + strings.Repeat("a", 300<<10), "Content-Length: 2", "", "{}"}},
		{"a header cut short", []string{"HTTP/1.1 200 OK", "Content-Le"}}, {"a body cut short", []string{"HTTP/1.1 200 OK", "Content-Length: 100", "", `{"data":{"slug":"tea"}}`}},
		{"chunks cut short", []string{"HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", "64", "{}"}}, {"a chunk size that is none", []string{"HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", "zz", "{}", "0", "", ""}},
		{"two lengths", []string{"HTTP/1.1 200 OK", "Content-Length: 2", "Content-Length: 3", "", "{}x"}}, {"a length past all numbers", []string{"HTTP/1.1 200 OK", "Content-Length: 18446744073709551616", "", "{}"}},
		{"gzip that is none", []string{"HTTP/1.1 200 OK", "Content-Encoding: gzip", "Content-Length: 4", "", "evil"}}, {"a 304 to no condition", []string{"HTTP/1.1 304 Not Modified", "ETag: \"evil\"", "", ""}},
		{"a 206 to no range", []string{"HTTP/1.1 206 Partial Content", "Content-Range: bytes 0-1/100", "Content-Length: 2", "", "{}"}}, {"no JSON", []string{"HTTP/1.1 200 OK", "Content-Length: 4", "", "evil"}},
		{"a NUL in a field", []string{"HTTP/1.1 200 OK", "X-Evil: a\x00b", "Content-Length: 4", "", "evil"}},
	} {
		all = append(all, attack{"a broken origin: " + c.name, strict, first(wire(c.lines...), mirror), steps{
			{get(path), must(status(200, 502, 503), bodyLacks("evil"), notStored)},
			{get("/things/milk/"), must(status(200), bodyHas("milk"))},
		}})
	}
	many := make([]string, 500)
	for i := range many {
		many[i] = fmt.Sprintf("X-Many-%d: a", i)
	}
	// Responses that must not be stored, whatever else they say.
	for _, c := range []struct {
		name, edge, target string
		header             []string
	}{
		{"Set-Cookie", open, free, []string{"Cache-Control: max-age=60", "Set-Cookie: session=of-a-victim"}},
		{"Set-Cookie that is public", open, free, []string{"Cache-Control: public, s-maxage=60", "Set-Cookie: session=of-a-victim"}},
		{"Set-Cookie with a targeted field", open, free, []string{"CDN-Cache-Control: max-age=60", "Set-Cookie: session=of-a-victim"}},
		{"Set-Cookie on a route with a ttl", strict, path, []string{"Set-Cookie: session=of-a-victim"}},
		{"Set-Cookie in the shipped configuration", shipped, "/v2/posts/hello/", []string{"Set-Cookie: session=of-a-victim"}},
		{"Vary: *", strict, path, []string{"Vary: *"}}, {"Vary: * where the origin decides", open, free, []string{"Cache-Control: max-age=60", "Vary: *"}},
		{"no-store", strict, path, []string{"Cache-Control: no-store"}}, {"private", strict, path, []string{"Cache-Control: private, max-age=60"}},
		{"no-store behind a semicolon", open, free, []string{"Cache-Control: max-age=60; no-store"}},
		{"no-store behind an open quote", open, free, []string{`Cache-Control: max-age=60, x="a, no-store`}},
		{"no-store in upper case", open, free, []string{"Cache-Control: max-age=60, NO-STORE"}},
		{"no-store on a second line", open, free, []string{"Cache-Control: max-age=60", "Cache-Control: no-store"}},
		{"no-store behind a semicolon on a route with a ttl", strict, path, []string{"Cache-Control: max-age=60; no-store"}},
		{"Expires with two spaces", open, free, []string{"Expires: Thu, 18 Aug  2050 02:01:18 GMT"}},
		{"Expires with an hour of one digit", open, free, []string{"Expires: Thu, 18 Aug 2050 2:01:18 GMT"}},
		{"Expires that is zero", open, free, []string{"Expires: 0"}}, {"two lifetimes that differ", open, free, []string{"Cache-Control: max-age=0, max-age=0"}},
	} {
		all = append(all, attack{"not stored: " + c.name, c.edge, mirrorWith(c.header...), steps{
			{get(c.target), must(status(200))},
			{get(c.target), must(status(200), notHit, differs(0))},
		}})
	}
	// A 304 validates the stored body, whoever may store the answer.
	for _, line := range []string{
		"Cache-Control: private", "Cache-Control: no-store", "Surrogate-Control: no-store", "CDN-Cache-Control: private",
		"Set-Cookie: session=of-a-victim", "Content-Type: text/event-stream",
	} {
		for name, target := range map[string]string{strict: path, open: free} {
			all = append(all, attack{"a 304 with " + line + " in " + name, name, validating(line), steps{
				{get(target), must(status(200))},
				{purge(`{"all":true}`), must(status(200))},
				{get(target), must(status(200), complete, same(0))},
				{get(target), must(status(200), complete, bodyHas("stored"))},
			}})
		}
	}
	return append(all, []attack{
		{"a part in place of the rest", open, oddParts, steps{
			{get(free, "Range: bytes=0-9"), must(status(206))},
			{get(free), must(status(200), complete, headerLacks("Content-Range", ""))},
		}},
		{"Expires in a time zone in the wrong case", open, mirrorWith("Expires: Thu, 18 Aug 2050 02:01:18 gMT"), steps{
			{get(free), must(status(200))},
			{get(free), must(hit)},
		}},
		{"a 204 with a length", open, wire("HTTP/1.1 204 No Content", "Content-Length: 5", "", ""), steps{{get("/elsewhere"), must(status(204))}}},
		{"a 204 with a length on a keyed route", strict, wire("HTTP/1.1 204 No Content", "Content-Length: 5", "", ""), steps{{get(path), must(status(204))}}},
		{"a POST answered 204 with a length", open, wire("HTTP/1.1 204 No Content", "Content-Length: 5", "", ""), steps{{send("POST", "/elsewhere", "x"), must(status(204))}}},
		{"500 fields", strict, mirrorWith(many...), steps{{get(path), must(status(200, 502, 503))}}},
		{"a large Vary", open, mirrorWith("Cache-Control: max-age=60", "Vary: "+strings.TrimSuffix(strings.Repeat("X-A, ", 1000), ", ")), steps{{get(free), must(status(200))}, {get(free), must(status(200))}}},
		{"an age past all numbers", open, mirrorWith("Cache-Control: max-age=60", "Age: 99999999999999999999"), steps{{get(free), must(status(200))}, {get(free), must(status(200), notHit)}}},
		{"a negative lifetime", open, mirrorWith("Cache-Control: max-age=-1"), steps{{get(free), must(status(200))}, {get(free), must(status(200), notHit)}}},
		{"a lifetime past all numbers", open, mirrorWith("Cache-Control: max-age=99999999999999999999"), steps{{get(free), must(status(200))}, {get(free), must(hit)}}},
		{"a forged Cache-Status", strict, mirrorWith("Cache-Status: Larder; hit"), steps{{get(path), must(status(200), notHit)}}},
		{"keys that are Larder's own", strict, mirrorWith("Surrogate-Key: larder-all larder-lease", "Cache-Tag: larder-all"), steps{{get(path), must(status(200))}, {get(path), must(hit)}}},
	}...)
}
