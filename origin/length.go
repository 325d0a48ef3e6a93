package origin

import (
	"net/http"
	"strconv"
)

// ContentLength returns the length in bytes that a header announces for a body,
// or false where it announces none.
func ContentLength(h http.Header) (int64, bool) {
	v := h["Content-Length"]
	if len(v) == 0 {
		return 0, false
	}
	n, err := strconv.ParseInt(v[0], 10, 64)
	return n, err == nil && n >= 0
}
