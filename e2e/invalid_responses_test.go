package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// None of these responses may be stored. The client gets the stale copy if
// there is one, otherwise a problem, and never a success.
func TestAnInvalidResponseIsNeverStored(t *testing.T) {
	packed := gzipped(t, thing("a", strings.Repeat("packed ", 200)))
	for _, c := range []struct {
		name string
		bad  http.HandlerFunc
	}{
		{"500", status(500)},
		{"502", status(502)},
		{"503", status(503)},
		{"504", status(504)},
		{"a body that is no JSON", respond("<!doctype html><p>Welcome to your new server")},
		{"JSON that is cut short under a right length", respond(`{"data":{"slug":"a","text":"cut sh`)},
		{"an empty body", respond("")},
		{"a body shorter than its Content-Length", raw(head, "Content-Length: 1000", "", thing("a", "short"))},
		{"chunks without the last one", raw(head, "Transfer-Encoding: chunked", "", "5", `{"dat`, "")},
		{"a chunk that is cut short", raw(head, "Transfer-Encoding: chunked", "", "ff", `{"data":{"slug":"a"`)},
		{"chunks of no known length", raw(head, "Transfer-Encoding: chunked", "", "zz", thing("a", "odd"), "0", "", "")},
		{"a reset in the middle of the body", reset(head, "Content-Length: 1000", "", `{"data":`)},
		{"a reset before the answer", reset()},
		{"a connection that is closed before the answer", raw()},
		{"an answer that is no HTTP", raw("220 mail.example ESMTP ready", "")},
		{"a header that does not end", raw(head, "X-More: ")},
		{"two lengths that differ", raw(head, "Content-Length: 5", "Content-Length: 50", "", `{"a":`)},
		{"a gzip'd body that is none", compressed([]byte(thing("a", "plain")))},
		{"a gzip'd body that is cut short", compressed(packed[:len(packed)-12])},
		{"a body that drips past the timeout", drip},
		{"no answer within the timeout", hang},
		{"304 to a question without condition", raw("HTTP/1.1 304 Not Modified", "", "")},
	} {
		t.Run(c.name, func(t *testing.T) {
			edge, origin := beginScripted(t)
			const stored, cold = "/things/a/", "/things/b/"
			origin.script(stored, respond(thing("a", "good")))
			edge.get(t, stored).wantFetched(t)
			if got := edge.purge(t, `{"keys":["thing:a"]}`); got.status != http.StatusOK {
				t.Fatal(got)
			}
			origin.script(cold, c.bad)
			missing := edge.get(t, cold)
			missing.wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
			if missing.cache.stored || missing.cache.detail == "" {
				t.Errorf("Cache-Status does not say why, or says stored: %v", missing)
			}

			origin.script(stored, c.bad)
			got := edge.get(t, stored).wantStale(t)
			if got.status != http.StatusOK || string(got.body) != thing("a", "good") {
				t.Errorf("the stale copy is another answer: %d %v", got.status, got)
			}

			origin.script(cold, respond(thing("b", "healed")))
			eventually(t, "the origin's good answer is served", func() bool {
				return string(edge.get(t, cold).body) == thing("b", "healed")
			})
			edge.get(t, cold).wantHit(t)
		})
	}
}
