package resource

import (
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
		return Tenant{ID: surrogate.TenantID(v)}
	}
	if cfg.Header != "" {
		if v := header.Get(cfg.Header); v != "" {
			return Tenant{ID: surrogate.TenantID(v), FromHeader: true}
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
