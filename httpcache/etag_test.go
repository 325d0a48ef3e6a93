package httpcache

import "testing"

func TestETagIsStrongShortAndStable(t *testing.T) {
	a, b := ETag([]byte("a")), ETag([]byte("b"))
	equal(t, "same body, same tag", a, ETag([]byte("a")))
	equal(t, "other body, same tag", a == b, false)
	equal(t, "strong", isStrong(a), true)
	equal(t, "length", len(a), 18)
}
