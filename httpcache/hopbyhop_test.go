package httpcache

import "testing"

func TestEndToEnd(t *testing.T) {
	h := fields("Connection: x-a, close", "Connection: X-B", "X-A: 1", "X-B: 1", "X-C: 1", "TE: trailers", "Authorization: 1")
	EndToEnd(h)
	equal(t, "number of fields", len(h), 2)
	equal(t, "X-C", h.Get("X-C"), "1")
	equal(t, "Authorization", h.Get("Authorization"), "1")
	h = fields("Connection: cdn-loop", "CDN-Loop: other")
	EndToEnd(h)
	equal(t, "CDN-Loop", h.Get("Cdn-Loop"), "other")
}
