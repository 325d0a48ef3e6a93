package resource

import (
	"crypto/sha256"
	"net/http"
	"strconv"

	"larder/config"
)

// KeyVersion begins every cache key of Larder. Change it with the meaning of
// keys or records, so that a deployment never reads the entries of an older
// one.
const KeyVersion = "larder5"

// cacheKey joins everything that selects the response. A key that is too long
// for the host is hashed.
func cacheKey(r *Resource, route *config.Route, header http.Header, content []byte) []byte {
	tenant := r.Tenant.keyPart()
	size := len(KeyVersion) + len(r.Path) + len(r.Query) + len(r.host) + len(tenant) + 16
	key := make([]byte, 0, size)
	key = append(key, KeyVersion...)
	for _, part := range [...]string{r.host, tenant, r.Path, r.Query} {
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
	if len(key) > MaxKey {
		sum := sha256.Sum256(key)
		key = append(append(key[:0], KeyVersion+"\nsha256\n"...), sum[:]...)
	}
	return key
}

// MaxKey is the longest cache key in bytes (corecache.MaxKey, which a package
// without a host does not import).
const MaxKey = 4096

// MethodQuery is the safe method whose request has content (RFC 10008).
const MethodQuery = "QUERY"

// ContentHeaders returns the header fields that describe the content of a
// QUERY. They are part of the cache key, like the content.
func ContentHeaders() []string {
	return []string{"Content-Type", "Content-Encoding", "Content-Language"}
}

// contentKey returns the part of the key for the content of a QUERY.
func contentKey(header http.Header, content []byte) []byte {
	var key []byte
	for _, name := range ContentHeaders() {
		key = append(appendLines(key, header[name]), '\n')
	}
	return append(key, content...)
}

// appendLines appends header lines to a key, each after its length, so that
// different lines always give different keys.
func appendLines(key []byte, lines []string) []byte {
	for _, line := range lines {
		key = append(key, ':')
		key = strconv.AppendInt(key, int64(len(line)), 10)
		key = append(key, ':')
		key = append(key, line...)
	}
	return key
}
