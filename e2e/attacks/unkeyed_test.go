package attacks

import "strings"

// unkeyed input must not change a response that others get.
func unkeyed() []attack {
	var all []attack
	// Keyed routes pass on nothing that is not listed.
	for _, line := range []string{
		"X-Forwarded-Host: evil.example", "Forwarded: host=evil.example", "X-Original-URL: /evil.example",
		"X-HTTP-Method-Override: DELETE", "Cookie: evil=1", "Accept-Language: evil", "User-Agent: evil",
		"Referer: https://evil.example/", "Origin: https://evil.example", "Range: bytes=0-3", "If-None-Match: \"evil\"",
		"Accept-Encoding: evil", "Authorization-Evil: evil", "If-Range: \"evil\"", "Pragma: evil", "TE: evil", "Via: evil",
	} {
		name, _, _ := strings.Cut(line, ":")
		all = append(all, attack{name + " on a keyed route", strict, mirror, steps{
			{get("/things/tea/", line), must(status(200, 206), originNever(line))},
			{get("/things/tea/"), must(hit, status(200), bodyHas(`"slug":"tea"`), bodyLacks("evil"))},
		}})
	}
	// With "headers": ["*"] everything reaches the origin, except what origins
	// take for the URL, the method or the client.
	for _, line := range []string{
		"Forwarded: for=1.2.3.4;host=evil.example", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Host: evil.example", "X-Forwarded-Port: 1337",
		"X-Forwarded-Proto: evil", "X-Forwarded-Scheme: evil", "X-Forwarded-Server: evil.example", "X-Forwarded-Prefix: /evil",
		"X-Original-URL: /evil", "X-Original-Host: evil.example", "X-Rewrite-URL: /evil", "X-Host: evil.example",
		"X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE", "X-Method-Override: DELETE", "X-Real-IP: 6.6.6.6", "True-Client-IP: 6.6.6.6",
		"X-Override-URL: /evil", "X-HTTP-Path-Override: /evil", "X-Path-Info: /evil", "X-Override-Method: DELETE", "Remote-Addr: 6.6.6.6",
	} {
		name, _, _ := strings.Cut(line, ":")
		all = append(all, attack{name + ` with "headers": ["*"]`, open, mirrorWith("Cache-Control: max-age=60"), steps{
			{get("/api/page", line), must(status(200), originNever(line))},
			{get("/api/page"), must(status(200), bodyLacks(line), bodyLacks("evil"))},
		}})
	}
	return append(all, []attack{
		{"a body of a GET", strict, mirror, steps{
			{send("GET", "/things/tea/", "evil-body"), must(status(200), originNever("evil-body"))},
			{get("/things/tea/"), must(hit, bodyLacks("evil-body"))},
		}},
		{"a body of a GET over HTTP/2", strict, mirror, steps{
			{h2("GET", "/things/tea/", "evil-body"), must(status(200), originNever("evil-body"))},
			{get("/things/tea/"), must(hit, bodyLacks("evil-body"))},
		}},
		{"parameters that are not listed", strict, mirror, steps{
			{get("/things/tea/?callback=evil&utm_source=evil&_method=DELETE&page[]=evil&Page=evil"), must(status(200), originNever("evil"), originNever("DELETE"))},
			{get("/things/tea/"), must(hit, bodyLacks("evil"))},
		}},
		{"a semicolon between parameters", strict, mirror, steps{
			{get("/things/tea/?page=1;tag=evil"), must(status(200, 400))},
			{get("/things/tea/?page=1"), must(bodyLacks("evil"))},
			{get("/things/tea/?tag=evil"), must(bodyLacks("page"))},
		}},
		{"a second value of a parameter", strict, mirror, steps{
			{get("/things/tea/?page=2&page=evil"), must(status(200))},
			{get("/things/tea/?page=2"), must(notHit, bodyLacks("evil"))},
		}},
		{"an encoded ampersand", strict, mirror, steps{
			{get("/things/tea/?tag=a%26page=2"), must(status(200))},
			{get("/things/tea/?tag=a&page=2"), must(notHit, differs(0))},
		}},
		{"an encoded equals sign", strict, mirror, steps{
			{get("/things/tea/?tag%3Da=evil"), must(status(200))},
			{get("/things/tea/?tag=a"), must(bodyLacks("evil"))},
		}},
		{"another host", strict, mirror, steps{
			{get("/things/tea/", "Host: evil.example"), must(originNever("evil.example"))},
			{get("/things/tea/"), must(status(200), bodyLacks("evil.example"))},
		}},
		{"a host with a port", strict, mirror, steps{
			{get("/things/tea/", "Host: edge.example:1337"), must(originNever("1337"))},
			{get("/things/tea/"), must(status(200), bodyLacks("1337"))},
		}},
		{"an absolute URL of another host", strict, mirror, steps{
			{get("http://evil.example/things/tea/"), must(originNever("evil.example"))},
			{get("/things/tea/"), must(status(200), bodyLacks("evil.example"))},
		}},
		{"no-cache does not reach the origin", strict, mirror, steps{
			{get("/things/tea/"), must(status(200))},
			{get("/things/tea/", "Cache-Control: no-cache", "Pragma: no-cache"), must(hit)},
			{get("/things/tea/", "Cache-Control: no-store, max-age=0"), must(hit, originGot(1))},
		}},
		{"a cookie's response", open, mirrorWith("Cache-Control: max-age=60"), steps{
			{get("/api/me", "Cookie: session=of-a-victim"), must(status(200), notStored)},
			{get("/api/me"), must(notHit, bodyLacks("of-a-victim"))},
		}},
		{"a cookie's response that varies on it", open, mirrorWith("Cache-Control: max-age=60", "Vary: Cookie"), steps{
			{get("/api/me", "Cookie: session=of-a-victim"), must(status(200))},
			{get("/api/me"), must(notHit, bodyLacks("of-a-victim"))},
			{get("/api/me", "Cookie: session=of-another"), must(notHit, bodyLacks("of-a-victim"))},
		}},
		{"an authenticated response", open, mirrorWith("Cache-Control: max-age=60"), steps{
			{get("/api/me", "Authorization: Bearer of-a-victim"), must(status(200), notStored)},
			{get("/api/me"), must(notHit, bodyLacks("of-a-victim"))},
		}},
		{"a field that Connection names", open, mirrorWith("Cache-Control: max-age=60", "Vary: X-Language"), steps{
			{get("/api/page", "X-Language: evil", "Connection: X-Language"), must(status(200), originNever("evil"))},
			{get("/api/page"), must(bodyLacks("evil"))},
			{get("/api/page", "X-Language: evil"), must(notHit)},
		}},
		{"the origin's secret, by Connection", open, mirror, steps{
			{get("/elsewhere", "Connection: "+secretHeader), must(status(200), originSaw(secretHeader+": "+originSecret))},
			{get("/api/page", "Connection: "+secretHeader), must(status(200), originSaw(secretHeader+": "+originSecret))},
		}},
		{"the origin's secret, replaced", open, mirror, steps{
			{get("/elsewhere", secretHeader+": guessed"), must(originNever("guessed"), originSaw(originSecret))},
			{get("/api/page", secretHeader+": guessed"), must(originNever("guessed"), originSaw(originSecret))},
		}},
		{"only a part was requested", open, mirrorWith("Cache-Control: max-age=60"), steps{
			{get("/api/page", "Range: bytes=0-9"), must(status(200, 206))},
			{get("/api/page"), must(status(200), bodyHas(`"slug":"page"`), complete)},
		}},
	}...)
}
