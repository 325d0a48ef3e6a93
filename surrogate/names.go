package surrogate

import (
	"crypto/sha256"
	"encoding/base64"
)

// Keys of the service itself, beside those of the content.
const (
	// LeaseKey is on the lease of every fetch that is under way. A purge
	// hard-purges it before anything else.
	LeaseKey = "larder-lease"
	// AllKey is on every entry; under a tenant's prefix it is on all of that
	// tenant's.
	AllKey = "larder-all"
	// entryPrefix begins the key that one entry alone has.
	entryPrefix = "larder-entry-"
)

// EntryKey is the key of one entry alone.
func EntryKey(id string) string { return entryPrefix + id }

// TenantID is the hash that stands for a tenant's credential wherever the
// credential itself must not be seen: 43 characters, or none for the
// anonymous tenant's empty credential.
func TenantID(credential string) string {
	if credential == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(credential))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// tenantDigits of an ID are in the prefix: 66 bits. Two tenants that shared
// them would only refresh a little of each other's content.
const tenantDigits = 11

// TenantPrefix begins all keys of a tenant. It is empty for the anonymous
// one.
func TenantPrefix(id string) string {
	if len(id) < tenantDigits {
		return ""
	}
	return "t" + id[:tenantDigits] + ":"
}

// ValidTenantID reports whether id can have come from [TenantID].
func ValidTenantID(id string) bool {
	sum, err := base64.RawURLEncoding.DecodeString(id)
	return err == nil && len(sum) == sha256.Size
}
