package surrogate

import (
	"encoding/base64"
	"encoding/binary"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// A CMS may give one content to several credentials. So that one purge can reach
// all of their entries, each entry of a tenant has two surrogate keys for each key
// of content: the tenant's own, and a short one that all tenants share.

const (
	// sharedMark begins the keys that all tenants share. No tenant's prefix does,
	// since digits follow its first byte.
	sharedMark = tenantMark + ":"
	// sharedBytes of a hash are in a shared key: 24 bits, so that one in 16 million
	// other keys is purged with it.
	sharedBytes = 3
	// sharedOverflow is on the entries of tenants whose keys do not all fit. Any of
	// their keys may be among those left out.
	sharedOverflow = sharedMark + bucketMark
)

// sharedKey is the key that all tenants share for a key of content, given as
// [Key] returns it. It must never change, because entries outlive a deployment.
func sharedKey(key []byte) string {
	sum := binary.BigEndian.AppendUint64(nil, xxhash.Sum64(key))
	return sharedMark + base64.RawURLEncoding.EncodeToString(sum[:sharedBytes])
}

// isShared reports whether a key, as entries carry it, is one that all tenants
// share.
func isShared(key string) bool { return strings.HasPrefix(key, sharedMark) }

// ForPurgeOfAll returns the keys to purge for a key of content of all tenants,
// the anonymous one included.
func ForPurgeOfAll(key string) []string {
	return append(ForPurge("", key), sharedKey([]byte(Key(key))), sharedOverflow)
}
