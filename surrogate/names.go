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
	// AllLeasesKey is on the lease of every fetch that is under way.
	AllLeasesKey = "larder-leases"
	// AllCalmKey is on what tells a place that it has seen no purge lately.
	AllCalmKey = "larder-calm"
	// AllNotesKey is on every note about a fetch that has ended.
	AllNotesKey = "larder-notes"

	leaseName   = "larder-lease"
	noteName    = "larder-note"
	urlPrefix   = "larder-url-"
	entryPrefix = "larder-entry-"
)

// TenantLeaseKey is on the leases of one tenant's fetches. Whoever purges a
// tenant's keys purges it first, softly where all of them are purged softly.
func TenantLeaseKey(prefix string) string { return prefix + leaseName }

// TenantNoteKey is on the notes about one tenant's fetches. Whoever purges a
// tenant's keys hard-purges it too: what could not be had may be there now.
func TenantNoteKey(prefix string) string { return prefix + noteName }

// URLNoteKey is on the notes about fetches of one URL.
func URLNoteKey(hash string) string { return noteName + "-" + hash }

// FetchNoteKey is on the note about one fetch alone.
func FetchNoteKey(id string) string { return noteName + "-fetch-" + id }

// URLLeaseKey is on the leases of the fetches of one URL.
func URLLeaseKey(hash string) string { return leaseName + "-" + hash }

// URLKey is the key of all that is kept for the URL with this hash.
func URLKey(hash string) string { return urlPrefix + hash }

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

// Reserved reports whether a key, as the content names it, is one of the
// service's own. Where there are tenants, what has none must not be purged by
// such a key: it has no prefix that tells them apart.
func Reserved(key string) bool { return strings.HasPrefix(key, "larder-") }

// ValidTenantID reports whether id can have come from [TenantID].
func ValidTenantID(id string) bool {
	sum, err := base64.RawURLEncoding.DecodeString(id)
	return err == nil && len(sum) == sha256.Size
}
