package attacks

import (
	"net/http"
	"strings"
)

// methods that do more than the client should be able to.
func methods() []attack {
	var all []attack
	never := must(status(405), originGot(0), bodyLacks(originSecret), header("Allow", "GET"))
	for _, edge := range []string{strict, shipped, open, inFront} {
		all = append(all, attack{"TRACE, " + edge, edge, mirror, steps{{send("TRACE", "/things/tea/", ""), never}}})
	}
	victim := get("/things/tea/")
	upload := strings.Repeat("0123456789abcdef", 8<<10) + "the end"
	return append(all, []attack{
		{"TRACE of an unmatched path", open, mirror, steps{{send("TRACE", "/elsewhere", ""), never}}},
		{"TRACE over HTTP/2", open, mirror, steps{{h2("TRACE", "/elsewhere", ""), never}}},
		{"TRACE with Max-Forwards", open, mirror, steps{{send("TRACE", "/elsewhere", "", "Max-Forwards: 0"), never}}},
		{"CONNECT to another host", open, mirror, steps{{raw("CONNECT evil.example:443 HTTP/1.1", "Host: evil.example:443", "Connection: close"), must(refused, originGot(0))}}},
		{"CONNECT with a path", open, mirror, steps{{send("CONNECT", "/elsewhere", ""), must(refused, originGot(0))}}},
		{"a method with a space", strict, mirror, steps{{send("GE T", "/things/tea/", ""), must(refused, originGot(0))}}},
		{"the preface of HTTP/2 alone", strict, mirror, steps{{raw("PRI * HTTP/2.0", "", "SM").aborted(), must(originGot(0))}, {victim, must(status(200))}}},
		{"HTTP/0.9", strict, mirror, steps{{request{bytes: "GET /things/tea/\r\n"}.aborted(), must(refused)}, {victim, must(status(200))}}},
		{"HTTP/1.0 without a host", strict, mirror, steps{{raw("GET /things/tea/ HTTP/1.0"), nil}, {victim, must(status(200), bodyHas("primary.example"))}}},
		{"HTTP/1.1 without a host", strict, mirror, steps{{raw("GET /things/tea/ HTTP/1.1", "Connection: close"), nil}, {victim, must(status(200), bodyHas("primary.example"))}}},
		{"a version that does not exist", strict, mirror, steps{{raw("GET /things/tea/ HTTP/9.9", "Host: edge.example").aborted(), must(refused, originGot(0))}}},
		{"HEAD does not empty a GET", strict, mirror, steps{
			{send("HEAD", "/things/tea/", ""), must(status(200))},
			{victim, must(status(200), bodyHas(`"slug":"tea"`))},
		}},
		{"QUERY is stored under its content", strict, mirror, steps{
			{send("QUERY", "/things/", "one"), must(status(200), originSaw("one"))},
			{send("QUERY", "/things/", "two"), must(notHit, bodyHas("two"))},
			{send("QUERY", "/things/", "one"), must(hit, same(0))},
			{get("/things/"), must(notHit, bodyLacks("one"))},
		}},
		{"QUERY over HTTP/2 without a length", strict, mirror, steps{
			{h2("QUERY", "/things/", "one"), must(status(200), originSaw("one"))},
			{h2("QUERY", "/things/", "two"), must(notHit, bodyHas("two"))},
		}},
		{"QUERY with very much content", strict, mirror, steps{
			{send("QUERY", "/things/", upload), must(notStored, originSaw("the end"))},
			{get("/things/"), must(notHit, bodyLacks("the end"))},
		}},
		{"POST over HTTP/2 keeps its body", open, mirror, steps{{h2(http.MethodPost, "/elsewhere", "the upload"), must(status(200), originSaw("the upload"))}}},
		{"POST over HTTP/2 keeps a large body", open, mirror, steps{{h2(http.MethodPost, "/elsewhere", upload), must(status(200), originSaw("the end"))}}},
		{"PUT over HTTP/2 keeps its body", strict, mirror, steps{{h2(http.MethodPut, "/things/tea/", "the upload"), must(status(200), originSaw("the upload"))}}},
		{"PATCH over HTTP/2 keeps its body", shipped, mirror, steps{{h2(http.MethodPatch, "/v2/posts/hello/", "the upload"), must(status(200), originSaw("the upload"))}}},
		{"DELETE over HTTP/2 keeps its body", open, mirror, steps{{h2(http.MethodDelete, "/elsewhere", "the upload"), must(status(200), originSaw("the upload"))}}},
		{"chunks keep their body", open, mirror, steps{{rawBody("a\r\nthe upload\r\n0\r\n\r\n",
			"POST /elsewhere HTTP/1.1", "Host: edge.example", "Transfer-Encoding: chunked", "Connection: close"), must(status(200), originSaw("the upload"))}}},
	}...)
}
