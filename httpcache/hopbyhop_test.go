package httpcache

import "testing"

func TestEndToEnd(t *testing.T) {
	h := fields("Connection: x-a, close", "Connection: X-B", "X-A: 1", "X-B: 1", "X-C: 1", "TE: trailers", "Authorization: 1")
	EndToEnd(h)
	equal(t, "number of fields", len(h), 2)
	wantField(t, h, "X-C", "1")
	wantField(t, h, "Authorization", "1")
	h = fields("Connection: cdn-loop", "CDN-Loop: other")
	EndToEnd(h)
	wantField(t, h, "Cdn-Loop", "other")
}
