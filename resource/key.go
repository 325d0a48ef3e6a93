package resource

import (
	"crypto/sha256"
	"net/http"
	"strconv"

	"larder/config"
	"larder/corecache"
)

// KeyVersion changes with the meaning of keys and records, so that a new
// deployment never misreads an old one's entries.
const KeyVersion = "larder2"

// cacheKey joins everything that decides the answer. A key that would be too
// long for the host is hashed.
func cacheKey(t *Resource, route *config.Route, header http.Header, content []byte) []byte {
	size := len(KeyVersion) + len(t.Path) + len(t.Query) + len(t.host) + len(t.Tenant.ID) + 16
	key := make([]byte, 0, size)
	key = append(key, KeyVersion...)
	for _, part := range [...]string{t.host, t.Tenant.ID, t.Path, t.Query} {
		key = append(key, '\n')
		key = append(key, part...)
	}
	for _, name := range route.Headers {
		key = append(key, '\n')
		key = append(key, name...)
		key = appendLines(key, Listed(header, name))
	}
	if content != nil {
		sum := sha256.Sum256(contentKey(header, content))
		key = append(key, "\nQUERY:"...)
		key = append(key, sum[:]...)
	}
	if len(key) > corecache.MaxKey {
		sum := sha256.Sum256(key)
		key = append(append(key[:0], KeyVersion+"\nsha256\n"...), sum[:]...)
	}
	return key
}

// ContentHeaders say what the content of a QUERY means, and belong to the key
// with it.
func ContentHeaders() []string {
	return []string{"Content-Type", "Content-Encoding", "Content-Language"}
}

// contentKey is what of a QUERY decides the answer beside its URL.
func contentKey(header http.Header, content []byte) []byte {
	var key []byte
	for _, name := range ContentHeaders() {
		key = append(appendLines(key, header[name]), '\n')
	}
	return append(key, content...)
}

// appendLines adds lines of a header to a key, each after its length, so that
// no others look the same.
func appendLines(key []byte, lines []string) []byte {
	for _, line := range lines {
		key = append(key, ':')
		key = strconv.AppendInt(key, int64(len(line)), 10)
		key = append(key, ':')
		key = append(key, line...)
	}
	return key
}
