package httpcache

import "testing"

func TestETagIsStrongShortAndStable(t *testing.T) {
	a, b := ETag([]byte("a")), ETag([]byte("b"))
	equal(t, "tag of the same body", a, ETag([]byte("a")))
	equal(t, "another body has the same tag", a == b, false)
	equal(t, "strong", isStrong(a), true)
	equal(t, "short", len(a) <= 16, true)
}
