package surrogate

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

const (
	// AllKey is on every entry; under a tenant's prefix it is on all of that
	// tenant's.
	AllKey = "larder-all"
	// AnonymousKey is on every entry of a service with tenants that was asked
	// for without a credential. The anonymous tenant's prefix is empty, so its
	// AllKey is everybody's.
	AnonymousKey = "larder-anonymous"
	// AllLeasesKey is on the tenant lease of every fetch under way.
	AllLeasesKey = "larder-leases"
	// AllNegativeKey is on every negative entry.
	AllNegativeKey = "larder-negatives"

	leaseName    = "larder-lease"
	quietName    = "larder-quiet"
	negativeName = "larder-negative"
	urlPrefix    = "larder-url-"
	entryPrefix  = "larder-entry-"
)

// TenantLeaseKey is on the leases of one tenant's fetches. A purge of any of the
// tenant's keys purges it first.
func TenantLeaseKey(prefix string) string { return prefix + leaseName }

// TenantQuietKey is on the purge quiet period of one tenant; see package fence.
func TenantQuietKey(prefix string) string { return prefix + quietName }

// URLLeaseKey is on the leases of the fetches of one tenant's URL.
func URLLeaseKey(hash string) string { return leaseName + "-" + hash }

// TenantNegativeKey is on the negative entries of one tenant. A purge of any of
// the tenant's keys removes them: the origin may have now what it could not
// give before.
func TenantNegativeKey(prefix string) string { return prefix + negativeName }

// URLNegativeKey is on the negative entries of one tenant's URL.
func URLNegativeKey(hash string) string { return negativeName + "-" + hash }

// NegativeKey is on the negative entry of one fetch alone.
func NegativeKey(id string) string { return negativeName + "-fetch-" + id }

// URLKey is the key of all that is kept for a tenant's URL with this hash.
func URLKey(hash string) string { return urlPrefix + hash }

// EntryKey is the key of one entry alone.
func EntryKey(id string) string { return entryPrefix + id }

// TenantID is the hash that stands for a tenant's credential wherever the
// credential itself must not be seen: 43 characters, or none for the
// anonymous tenant's empty credential. An authentication scheme before the
// credential ("Bearer …", RFC 9110 §11.4) is no part of it.
func TenantID(credential string) string {
	if credential == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(withoutScheme(credential)))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func withoutScheme(value string) string {
	_, credential, _ := strings.Cut(value, " ")
	if credential = strings.TrimLeft(credential, " "); credential == "" {
		return value
	}
	return credential
}

// tenantDigits of an ID are in the prefix: 66 bits. Two tenants that shared
// them would only refresh a little of each other's content.
const tenantDigits = 11

// TenantPrefix begins all keys of a tenant, and no key of content: see [Key]. It
// is empty for the anonymous tenant.
func TenantPrefix(id string) string {
	if len(id) < tenantDigits {
		return ""
	}
	return tenantMark + id[:tenantDigits] + ":"
}

const (
	// ownPrefix begins the service's own keys, tenantMark the prefix of a
	// tenant, and bucketMark a bucket key.
	ownPrefix  = "larder-"
	tenantMark = "@"
	bucketMark = "~"
)

// IsService reports whether a key, as entries carry it, belongs to the service and
// to no tenant.
func IsService(key string) bool { return strings.HasPrefix(key, ownPrefix) || isShared(key) }

// Reserved reports whether a key begins as no key of content does.
func Reserved(key string) bool {
	return IsService(key) || strings.HasPrefix(key, tenantMark) || strings.HasPrefix(key, bucketMark)
}

// ValidTenantID reports whether id can have come from [TenantID].
func ValidTenantID(id string) bool {
	sum, err := base64.RawURLEncoding.DecodeString(id)
	return err == nil && len(sum) == sha256.Size
}
