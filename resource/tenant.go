package resource

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"

	"larder/config"
	"larder/surrogate"
)

// Tenant is the owner of the requested content, identified by a credential. The
// zero value is the anonymous tenant. The credential itself is never stored.
type Tenant struct {
	// ID is [surrogate.TenantID] of the credential.
	ID string
	// FromHeader means that the credential came in a header, not in the query.
	FromHeader bool

	sent string // the credential as the origin gets it, with its scheme
}

// keyPart is what the cache key has of the tenant. It tells the carriers of one
// credential apart, and the schemes before it: the origin gets other requests.
func (t Tenant) keyPart() string {
	if t.sent == "" {
		return ""
	}
	carrier := "query\n"
	if t.FromHeader {
		carrier = "header\n"
	}
	sum := sha256.Sum256([]byte(carrier + t.sent))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Prefix begins the tenant's surrogate keys.
func (t Tenant) Prefix() string { return surrogate.TenantPrefix(t.ID) }

// TenantOf finds the tenant by the credential in the configured query parameter
// or, if that is absent or empty, in the configured header.
func TenantOf(cfg *config.Tenant, rawQuery string, header http.Header) Tenant {
	return tenantOf(cfg, parseQuery(rawQuery), header)
}

func tenantOf(cfg *config.Tenant, query []parameter, header http.Header) Tenant {
	if cfg == nil {
		return Tenant{}
	}
	if v, ok := queryCredential(query, cfg.Query); ok {
		return Tenant{ID: surrogate.TenantID(v), sent: v}
	}
	if cfg.Header != "" {
		if v := header.Get(cfg.Header); v != "" {
			return Tenant{ID: surrogate.TenantID(v), FromHeader: true, sent: v}
		}
	}
	return Tenant{}
}

// credentialName returns the query parameter for the tenant's credential, or "".
func credentialName(cfg *config.Config) string {
	if cfg.Tenant == nil {
		return ""
	}
	return cfg.Tenant.Query
}

// queryCredential returns the first value of the parameter that is not empty.
func queryCredential(query []parameter, name string) (string, bool) {
	if name == "" {
		return "", false
	}
	for _, p := range query {
		if p.name == name && p.value != "" {
			return p.value, true
		}
	}
	return "", false
}
