package attacks

import (
	"fmt"
	"strings"
)

// framing attacks make two servers disagree about where a request ends. The
// victim's entry must survive each. What Viceroy takes for a second request of
// the same client is one; what reaches the origin in any other way was smuggled.
func framing() []attack {
	post := func(lines ...string) []string {
		return append([]string{"POST /elsewhere HTTP/1.1", "Host: edge.example"}, lines...)
	}
	getTea := func(lines ...string) []string {
		return append([]string{"GET /wp-json/wp/v2/posts/1 HTTP/1.1", "Host: edge.example", "Connection: close"}, lines...)
	}
	const hidden = "GET /hidden HTTP/1.1\r\nHost: edge.example\r\n\r\n"
	const chunked = "Transfer-Encoding: chunked"
	var all []attack
	for _, c := range []struct {
		name string
		send request
		want []check
	}{
		{"CL.TE", rawBody("0\r\n\r\n"+hidden, post("Content-Length: 6", chunked)...), nil},
		{"CL.TE, the whole as the length", rawBody("0\r\n\r\n"+hidden, post(fmt.Sprintf("Content-Length: %d", len("0\r\n\r\n"+hidden)), chunked)...), nil},
		{"TE.CL", rawBody(fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(hidden), hidden), post("Content-Length: 4", chunked)...), nil},
		{"chunked and identity", rawBody("0\r\n\r\n"+hidden, post("Transfer-Encoding: chunked, identity", "Content-Length: 5")...).aborted(), nil},
		{"a coding that is nearly chunked", rawBody("0\r\n\r\n"+hidden, post("Transfer-Encoding: xchunked")...).aborted(), nil},
		{"a space before the colon", rawBody("0\r\n\r\n"+hidden, post("Transfer-Encoding : chunked", "Content-Length: 5")...).aborted(), nil},
		{"a coding on a folded line", rawBody("0\r\n\r\n"+hidden, post("Transfer-Encoding:\r\n chunked", "Content-Length: 5")...).aborted(), nil},
		{"two lengths that differ", rawBody("abc"+hidden, post("Content-Length: 3", "Content-Length: 5")...).aborted(), must(refused)},
		{"two lengths in a list", rawBody("abc"+hidden, post("Content-Length: 3, 5")...).aborted(), must(refused)},
		{"a length with a sign", rawBody("abc"+hidden, post("Content-Length: +3")...).aborted(), must(refused)},
		{"a negative length", rawBody("abc"+hidden, post("Content-Length: -3")...).aborted(), must(refused)},
		{"a hexadecimal length", rawBody("abc"+hidden, post("Content-Length: 0x3")...).aborted(), must(refused)},
		{"a length past all numbers", rawBody("abc", post("Content-Length: 99999999999999999999999")...).aborted(), must(refused)},
		{"a folded field", raw(getTea("X-Folded: a\r\n b")...).aborted(), nil},
		{"bare line feeds", request{bytes: "GET /wp-json/wp/v2/posts/1 HTTP/1.1\nHost: edge.example\nConnection: close\n\n"}.aborted(), nil},
		{"a bare carriage return in a field", raw(getTea("X-Evil: a\rX-Forwarded-Host: evil.example")...).aborted(), must(refused)},
		{"a NUL in a field", raw(getTea("X-Evil: a\x00b")...).aborted(), must(refused)},
		{"a line without a colon", raw(getTea("evil")...).aborted(), must(refused)},
		{"a field name with a space", raw(getTea("X Evil: a")...).aborted(), must(refused)},
		{"an empty field name", raw(getTea(": a")...).aborted(), must(refused)},
		{"two hosts", raw(getTea("Host: evil.example")...), nil},
		{"a chunk extension", rawBody("3;evil=1\r\nabc\r\n0\r\n\r\n", post(chunked, "Connection: close")...), must(originNever("evil"))},
		{"a chunk extension of 20 KB", rawBody("3;"+strings.Repeat("e", 20<<10)+"\r\nabc\r\n0\r\n\r\n", post(chunked, "Connection: close")...).aborted(), nil},
		{"a chunk with a line feed for its end", rawBody("3\nabc\n0\n\n"+hidden, post(chunked, "Connection: close")...).aborted(), nil},
		{"a chunk size past all numbers", rawBody("fffffffffffffffff\r\nabc\r\n0\r\n\r\n", post(chunked)...).aborted(), nil},
		{"a negative chunk size", rawBody("-3\r\nabc\r\n0\r\n\r\n", post(chunked)...).aborted(), nil},
		{"a chunk size with an 0x", rawBody("0x3\r\nabc\r\n0\r\n\r\n", post(chunked)...).aborted(), nil},
		{"fields in a trailer", rawBody("3\r\nabc\r\n0\r\n"+secretHeader+": evil\r\nContent-Length: 9\r\n\r\n", post(chunked, "Trailer: "+secretHeader, "Connection: close")...), must(originNever(secretHeader + ": evil"))},
		{"a field of 200 KB", raw(getTea("X-Large: " + strings.Repeat("a", 200<<10))...), nil},
		{"ninety fields", raw(getTea(strings.Split(strings.TrimSpace(strings.Repeat("X-Many: a\n", 90)), "\n")...)...), nil},
		{"an upload that breaks off", rawBody("abc", post("Content-Length: 100")...).aborted(), nil},
		{"chunks that break off", rawBody("64\r\nabc", post(chunked)...).aborted(), nil},
		{"an upgrade to a web socket", raw(getTea("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13")...), must(status(200))},
		{"an upgrade to HTTP/2", raw("GET /elsewhere HTTP/1.1", "Host: edge.example", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__").aborted(), must(originNever("h2c"))},
		{"Expect", rawBody("abc", post("Content-Length: 3", "Expect: 200-maybe", "Connection: close")...), nil},
		{"no HTTP at all", request{bytes: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"}.aborted(), must(refused)},
	} {
		all = append(all, attack{c.name, open, mirror, steps{
			{get("/wp-json/wp/v2/posts/1"), must(status(200))},
			{c.send, append(c.want, originNever("evil.example"))},
			{get("/wp-json/wp/v2/posts/1"), must(hit, same(0))},
		}})
	}
	return all
}
